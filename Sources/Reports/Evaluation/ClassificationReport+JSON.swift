import Settings

extension ClassificationReport {
  /// What `evaluate --json` prints: `loss`, `accuracy`, further metrics, `samples`, `confusion`, `perClass`, `macro`, `weighted`.
  ///
  /// - Parameters:
  ///   - loss: mean loss over the samples.
  ///   - metrics: further metrics of the config, for example `top5Accuracy`; `loss` and `accuracy` among them are passed over.
  public func json(loss: Double, metrics: [(name: String, value: Double)] = []) -> JSONValue {
    let further = metrics.filter { $0.name != "loss" && $0.name != "accuracy" }
    return .object(
      [("loss", Self.number(loss)), ("accuracy", .number(accuracy))]
        + further.map { ($0.name, Self.number($0.value)) }
        + [
          ("samples", .integer(samples)),
          ("confusion", .array(confusion.map { .array($0.map { .integer($0) }) })),
          ("perClass", .array(zip(classes, perClass).map { .object([("class", .string($0))] + Self.members($1)) })),
          ("macro", .object(Self.members(macro))),
          ("weighted", .object(Self.members(weighted))),
        ])
  }

  private static func members(_ scores: Scores) -> [(key: String, value: JSONValue)] {
    [
      ("precision", .number(scores.precision)), ("recall", .number(scores.recall)), ("f1", .number(scores.f1)),
      ("support", .integer(scores.support)),
    ]
  }

  /// JSON has no number for a loss that is not finite.
  private static func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}
