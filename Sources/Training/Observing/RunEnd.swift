/// Why and where a run ended.
public struct RunEnd: Sendable {
  /// What ended it.
  public enum Reason: Sendable, Equatable {
    /// All epochs are done.
    case finished
    /// The evaluation did not get better any more: `training.earlyStopping`.
    case stoppedEarly(patience: Int)
    /// A signal, by name, for example `SIGINT`, or `the program`; a checkpoint was saved.
    case stopped(signal: String)
    /// An error is on its way to the user.
    case failed
  }

  /// What ended it.
  public var reason: Reason
  /// Steps done.
  public var step: Int
  /// The newest checkpoint, if one was saved.
  public var checkpoint: String?
  /// Seconds since the run (or its resume) started.
  public var seconds: Double
  /// Steps whose update was left out since the run began.
  public var skippedSteps: Int
  /// How much of `seconds` was no training.
  public var pauses: Pauses
  /// The best epoch of the whole run; nil before the first evaluation.
  public var best: BestEpoch?

  /// Creates a report.
  public init(
    reason: Reason, step: Int, checkpoint: String?, seconds: Double, skippedSteps: Int = 0, pauses: Pauses = Pauses(),
    best: BestEpoch? = nil
  ) {
    self.skippedSteps = skippedSteps
    self.pauses = pauses
    self.best = best
    self.reason = reason
    self.step = step
    self.checkpoint = checkpoint
    self.seconds = seconds
  }
}
