/// One epoch.
public struct EpochReport: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Steps done, counting this epoch's.
  public var step: Int
  /// Over this epoch's minibatches, each before its update.
  public var training: MetricValues
  /// Which samples were evaluated after the epoch: `validation` (held out) or `test`.
  public var evaluatedOn: String
  /// Over those samples.
  public var evaluation: MetricValues
  /// Training samples per second in this epoch, as far as this process ran it.
  public var samplesPerSecond: Double
  /// Seconds since the run (or its resume) started.
  public var seconds: Double
  /// Steps whose update was left out since the run began.
  public var skippedSteps: Int
  /// How much of `seconds` was no training.
  public var pauses: Pauses

  /// Creates a report.
  public init(
    epoch: Int, step: Int, training: MetricValues, evaluatedOn: String, evaluation: MetricValues,
    samplesPerSecond: Double, seconds: Double, skippedSteps: Int = 0, pauses: Pauses = Pauses()
  ) {
    self.epoch = epoch
    self.step = step
    self.training = training
    self.evaluatedOn = evaluatedOn
    self.evaluation = evaluation
    self.samplesPerSecond = samplesPerSecond
    self.seconds = seconds
    self.skippedSteps = skippedSteps
    self.pauses = pauses
  }
}
