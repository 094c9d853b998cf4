import Settings
import Training

/// Several runs side by side.
public struct RunComparison: Sendable {
  /// One of them.
  public struct Entry: Sendable {
    /// What it is called here: its directory's name where that is unique, else the path.
    public var label: String
    public var run: SavedRun
    public var figures: RunFigures
  }

  /// A config value that is not the same in all runs.
  public struct Difference: Sendable, Equatable {
    /// `training.optimizer.learningRate`.
    public var path: String
    /// A value for each run; nil where its config has none.
    public var values: [JSONValue?]

    /// Creates a difference.
    package init(path: String, values: [JSONValue?]) {
      self.path = path
      self.values = values
    }
  }

  /// In the order that was asked for.
  public let entries: [Entry]
  /// Config values that differ, in the order of the configs.
  public let differences: [Difference]

  /// Reads runs.
  ///
  /// - Parameter paths: at least one.
  /// - Throws: `SavedRunError` where one is no run, `CheckpointError` where one cannot be read.
  public init(_ paths: [String]) throws {
    precondition(!paths.isEmpty, "nothing to compare")
    let runs = try paths.map { try SavedRun($0) }
    let names = paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    entries = runs.enumerated().map { index, run in
      let isUnique = names.count { $0 == names[index] } == 1 && ![".", ".."].contains(names[index])
      return Entry(label: isUnique ? names[index] : run.path, run: run, figures: RunFigures(run))
    }
    differences = Self.differences(runs.map { $0.config?.values ?? [] })
  }

  private static func differences(_ configs: [[(path: String, value: JSONValue)]]) -> [Difference] {
    let tables = configs.map { Dictionary($0, uniquingKeysWith: { first, _ in first }) }
    var known: Set<String> = []
    return configs.flatMap { $0.map(\.path) }.filter { known.insert($0).inserted }.compactMap { path in
      let values = tables.map { $0[path] }
      return values.allSatisfy { $0 == values[0] } ? nil : Difference(path: path, values: values)
    }
  }

  /// The differences as people read them: where the runs have layers of other kinds, a layer is one value.
  var shownDifferences: [(path: String, values: [String])] {
    let isLayer = { (path: String) in path.hasPrefix("model.layers[") }
    let hasOtherKinds = differences.contains { isLayer($0.path) && $0.path.hasSuffix("].type") }
    var isShown = false
    return differences.flatMap { difference -> [(path: String, values: [String])] in
      guard hasOtherKinds, isLayer(difference.path) else {
        return [(difference.path, difference.values.map { $0?.description ?? "–" })]
      }
      defer { isShown = true }
      return isShown ? [] : layers
    }
  }

  /// A row for each place among the layers.
  private var layers: [(path: String, values: [String])] {
    let models = entries.map { entry -> [String] in
      guard case .array(let layers)? = entry.run.config?.resolved["model"]?["layers"] else { return [] }
      return layers.map { Self.summary(of: $0) }
    }
    return (0..<(models.map(\.count).max() ?? 0)).map { place in
      ("model.layers[\(place)]", models.map { $0.indices.contains(place) ? $0[place] : "–" })
    }
  }

  /// `conv2d, filters 32, kernel 3, stride 1, relu`: the kind of a layer, its numbers, and its activation.
  private static func summary(of layer: JSONValue) -> String {
    guard case .object(let members) = layer else { return layer.description }
    let parts = members.compactMap { key, value -> String? in
      switch value {
      case .string(let kind) where key == "type": kind
      case .integer, .number, .array: "\(key) \(value)"
      case .object where key == "activation": if case .string(let kind)? = value["type"] { kind } else { nil }
      default: nil
      }
    }
    return parts.joined(separator: ", ")
  }

  /// What could not be read or was passed over, and what keeps the figures from being compared, a line each.
  public var warnings: [String] {
    entries.flatMap { entry in
      entry.run.skipped.map { "passed over: \($0)" } + entry.run.problems.map { "\(entry.label): \($0)" }
    } + obstacles
  }

  /// Why figures of the runs do not compare.
  private var obstacles: [String] {
    let fingerprints = Set(entries.compactMap { $0.run.checkpoint?.run.dataFingerprint })
    let evaluated = Set(entries.compactMap { $0.run.history.epochs.last?.evaluatedOn }).sorted()
    var obstacles: [String] = []
    if fingerprints.count > 1 || differences.contains(where: { $0.path == "data.dataset" }) {
      obstacles.append("the runs are of different data sets: their figures do not compare")
    }
    if evaluated.count > 1 {
      obstacles.append(
        "the runs were evaluated on different samples (\(evaluated.joined(separator: ", "))): those figures do not compare"
      )
    }
    if differences.contains(where: { $0.path.hasPrefix("training.loss") }) {
      obstacles.append("the runs have different losses: only accuracies compare")
    }
    return obstacles
  }
}
