/// A save that failed without ending the run.
public struct SaveFailure: Sendable {
  /// Steps done when it was noticed.
  public var step: Int
  /// Why, in one line.
  public var reason: String

  /// Creates a report.
  public init(step: Int, reason: String) {
    self.step = step
    self.reason = reason
  }
}
