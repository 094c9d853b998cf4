/// A checkpoint that is on disk.
public struct CheckpointReport: Sendable {
  /// Steps done in the state that was saved.
  public var step: Int
  /// The file.
  public var path: String
  /// Its size.
  public var bytes: Int
  /// Seconds that writing took, in the background.
  public var seconds: Double
  /// What did not go as it should although the checkpoint is in its place, a line each.
  public var warnings: [String]

  /// Creates a report.
  public init(step: Int, path: String, bytes: Int, seconds: Double, warnings: [String] = []) {
    self.step = step
    self.path = path
    self.bytes = bytes
    self.seconds = seconds
    self.warnings = warnings
  }
}
