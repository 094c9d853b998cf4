/// Why MNIST could not be fetched.
public enum DownloadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One mirror's answer.
  public struct Failure: Sendable, Equatable {
    /// Its address of the file.
    public let url: String
    /// In curl's words, or ours.
    public let reason: String

    /// Names a failure.
    public init(url: String, reason: String) {
      self.url = url
      self.reason = reason
    }
  }

  /// There is no `curl` command.
  case curlMissing
  /// The `curl` command could not be started.
  case curlFailed(reason: String)
  /// No mirror delivered the file.
  case noMirror(file: String, directory: String, failures: [Failure])
  /// A file could not be put in place.
  case unwritable(path: String, reason: String)

  /// One line for the user.
  public var description: String {
    switch self {
    case .curlMissing:
      return
        "the 'curl' command, which fetches the files, is not installed; install it (for example: apt-get install curl)"
    case .curlFailed(let reason):
      return "the 'curl' command could not be started: \(reason)"
    case .noMirror(let file, let directory, let failures):
      let tried = failures.map { "\($0.url): \($0.reason)" }.joined(separator: "; ")
      return "could not fetch \(file) from any mirror (\(tried)); check the network and run the command again, which "
        + "continues where it stopped, or put the file into \(directory) yourself"
    case .unwritable(let path, let reason):
      return "cannot write \(path): \(reason)"
    }
  }
}
