import Glibc

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call, for example `fsync`.
  public var operation: String
  /// The file or directory it was made on.
  public var path: String
  /// The system's error number (`errno`).
  public var code: Int32

  /// Creates an error.
  public init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The error that the last call left behind.
  static func last(_ operation: String, _ path: String) -> SystemError {
    SystemError(operation: operation, path: path, code: errno)
  }

  /// `fsync: No space left on device (errno 28)`: for where the file is named already.
  var withoutPath: String { "\(operation): \(reason)" }

  /// `No space left on device (errno 28)`.
  var reason: String { "\(String(cString: strerror(code))) (errno \(code))" }

  /// `fsync of FILE: No space left on device (errno 28)`.
  public var description: String { "\(operation) of \(path): \(reason)" }
}
