import Settings

extension RunConfig {
  /// What differs from another config in a way that changes the result, a line each: `training.batchSize: 128 here, 64 there`.
  ///
  /// The run's name, the number of epochs, when it ends early, and when to save and log may differ. So may what becomes of a step that is not finite:
  /// where a checkpoint is, there was none, or it was skipped.
  public func differences(from other: RunConfig) -> [String] {
    let (mine, theirs) = (
      RunConfig.leaves(resolved, path: "", leavingOut: RunConfig.harmless).map {
        (path: $0.path, value: $0.value.description)
      },
      RunConfig.leaves(other.resolved, path: "", leavingOut: RunConfig.harmless).map {
        (path: $0.path, value: $0.value.description)
      }
    )
    let values = Dictionary(theirs, uniquingKeysWith: { first, _ in first })
    let known = Set(mine.map(\.path))
    let changed = mine.compactMap { leaf -> String? in
      let value = values[leaf.path]
      return value == leaf.value ? nil : "\(leaf.path): \(leaf.value) here, \(value ?? "nothing") there"
    }
    return changed
      + theirs.filter { !known.contains($0.path) }.map { "\($0.path): nothing here, \($0.value) there" }
  }

  /// Every value with its path, defaults included: `training.optimizer.learningRate`, `model.layers[0].filters`.
  public var values: [(path: String, value: JSONValue)] { RunConfig.leaves(resolved, path: "", leavingOut: []) }

  private static let harmless = [
    "name", "training.epochs", "training.earlyStopping", "training.onNonFinite", "checkpoint", "logging",
    "data.directory",
  ]

  /// Every value that is no object or array, with its path.
  private static func leaves(
    _ value: JSONValue, path: String, leavingOut left: [String]
  ) -> [(path: String, value: JSONValue)] {
    if left.contains(path) { return [] }
    switch value {
    case .object(let members):
      return members.flatMap {
        leaves($0.value, path: path.isEmpty ? $0.key : "\(path).\($0.key)", leavingOut: left)
      }
    case .array(let elements):
      return elements.enumerated().flatMap { leaves($0.element, path: "\(path)[\($0.offset)]", leavingOut: left) }
    default:
      return [(path, value)]
    }
  }
}
