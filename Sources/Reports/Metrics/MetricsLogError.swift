#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why the metrics of a run could not be logged.
public enum MetricsLogError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system refused an operation (`open`, `read`, `write`, …) on a file.
  case system(operation: String, path: String, code: Int32)
  /// Something that is no regular file has a log's name.
  case notAFile(path: String)
  /// A log of other columns, so that new rows would not fit below the old ones.
  case otherColumns(path: String)

  /// One line for the user.
  public var description: String {
    switch self {
    case .system(let operation, let path, let code):
      let hint = [ENOSPC, EDQUOT].contains(code) ? "; free some space, then resume the run" : ""
      return "cannot \(operation) \(path): \(String(cString: strerror(code)))\(hint)"
    case .notAFile(let path):
      return "cannot log to \(path): it is not a regular file; move it away"
    case .otherColumns(let path):
      return "cannot continue \(path): its header names other columns than this run logs; move it away, or "
        + "train into another directory (--run)"
    }
  }
}
