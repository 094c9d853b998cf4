import Settings

/// Ends a run whose evaluation does not get better any more, by the rule of Keras's `EarlyStopping` on the loss: after `patience` epochs
/// in a row none of which was better than the best before them by more than `minDelta`.
///
/// It has no state of its own: it is a function of the finished epochs' losses, which every checkpoint holds. So a resumed run ends where
/// the uninterrupted one does. The best checkpoint is kept as in any run (`keepBest`); the last one stays the last.
public struct EarlyStopping: Sendable, Equatable {
  /// Epochs without improvement after which the run ends; 0 is as 1.
  public let patience: Int
  /// What the loss must fall by to count as better.
  public let minDelta: Double

  /// Creates a rule; both numbers are at least 0.
  public init(patience: Int, minDelta: Double = 0) {
    precondition(patience >= 0 && minDelta >= 0, "early stopping with a negative number")
    self.patience = patience
    self.minDelta = minDelta
  }

  init(_ settings: Settings) {
    self.init(patience: settings.integer("patience"), minDelta: settings.number("minDelta"))
  }

  static let schema = ObjectSchema(
    "earlyStopping", "Ends the run where the evaluation's loss does not get better any more, as Keras's EarlyStopping.",
    fields: [
      Field("patience", .integer(0...1_000_000), "Epochs in a row without improvement after which the run ends."),
      Field(
        "minDelta", .number(.from(0, through: 1e9)), default: 0,
        "What the loss must fall by to count as an improvement."),
    ])

  /// Whether a run ends after these epochs. What is not a number is never an improvement.
  public func endsRun(after losses: [Double]) -> Bool {
    var best = Double.infinity
    var wait = 0
    for (epoch, loss) in losses.enumerated() {
      if loss < best - minDelta {
        (best, wait) = (loss, 0)
      } else {
        wait += 1
        // As in Keras never after the first epoch.
        if wait >= patience, epoch > 0 { return true }
      }
    }
    return false
  }
}
