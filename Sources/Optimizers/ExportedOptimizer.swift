import Settings

/// An update rule in Keras's words, so that Keras goes on with it where a run has stopped.
public struct ExportedOptimizer: Sendable, Equatable {
  /// Keras's class, for example `AdamW`.
  public let kerasClass: String
  /// What its initialiser takes, but for `learning_rate` and clipping, which are the run's: `["beta_1": 0.9, …]`.
  public let settings: JSONValue

  /// Names a rule of Keras's whose slots are those of `Optimizer.slots`, in the same order.
  public init(_ kerasClass: String, _ settings: JSONValue) {
    self.kerasClass = kerasClass
    self.settings = settings
  }

  /// Keras decays nothing where it is null.
  static func weightDecay(_ value: Double) -> JSONValue { value == 0 ? .null : .number(value) }
}
