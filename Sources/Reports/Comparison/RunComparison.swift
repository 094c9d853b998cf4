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

  /// What could not be read or was passed over, a line each.
  public var warnings: [String] {
    entries.flatMap { entry in
      entry.run.skipped.map { "passed over: \($0)" } + entry.run.problems.map { "\(entry.label): \($0)" }
    }
  }
}
