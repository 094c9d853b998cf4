/// A step whose update was left out.
public struct SkippedStep: Sendable {
  /// Steps done, counting this one.
  public var step: Int
  /// What was not finite: `the output of conv2d_1`.
  public var cause: String
  /// Steps skipped since the run began, counting this one.
  public var skippedSteps: Int

  /// Creates a report.
  public init(step: Int, cause: String, skippedSteps: Int) {
    self.step = step
    self.cause = cause
    self.skippedSteps = skippedSteps
  }
}
