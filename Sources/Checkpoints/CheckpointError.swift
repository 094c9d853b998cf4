/// Why a file was not accepted as a checkpoint: one line for the user.
public struct CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with the file.
  public enum Reason: Error, Equatable {
    /// There is no such file.
    case missing
    /// The system refused to open or read it.
    case unreadable(SystemError)
    /// It is a directory, a pipe or another thing that is not a regular file.
    case notAFile
    /// It holds no byte.
    case empty
    /// It is larger than the reader's limit, in bytes.
    case tooLarge(bytes: Int, limit: Int)
    /// It does not begin as an HDF5 file does.
    case notHDF5
    /// It ends too early, by so many bytes; nil where too little is left to tell.
    case truncated(missing: Int?)
    /// It goes on after its end, by so many bytes.
    case trailingBytes(Int)
    /// It is an HDF5 file without our trailer.
    case foreign
    /// Its bytes are not those that were written.
    case damaged
    /// A later version of the program wrote it.
    case newerFormat(found: Int, supported: Int)
    /// Its checksum is right and its content is not that of a checkpoint.
    case invalid(item: String, found: String)
    /// The HDF5 library refused it.
    case library(HDF5Error)
  }

  /// The file.
  public var path: String
  /// What is wrong with it.
  public var reason: Reason

  /// Creates an error.
  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// `FILE: what is wrong; what to do`.
  public var description: String { finding + (advice.map { "; \($0)" } ?? "") }

  /// `FILE: what is wrong`, for where the program does itself what is to be done.
  public var finding: String { "\(path.isEmpty ? "''" : path): \(fault)" }

  private var advice: String? {
    switch reason {
    case .empty, .truncated, .trailingBytes, .damaged: "use an older checkpoint"
    case .newerFormat: "update Lockstep"
    default: nil
    }
  }

  private var fault: String {
    switch reason {
    case .missing: "no such file"
    case .unreadable(let error): "cannot be read: \(error.path == path ? error.reason : "\(error)")"
    case .notAFile: "not a regular file"
    case .empty: "the file is empty"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes, more than the limit of \(limit)"
    case .notHDF5: "not an HDF5 file, so not a checkpoint"
    case .truncated(let missing):
      "cut short: \(missing.map { $0 == 1 ? "1 byte is" : "\($0) bytes are" } ?? "most bytes are") missing"
    case .trailingBytes(let count): "\(count) \(count == 1 ? "byte" : "bytes") too many after the end"
    case .foreign: "an HDF5 file without Lockstep's checksum: cut short, or written by another program"
    case .damaged: "damaged: the checksum does not match its bytes"
    case .newerFormat(let found, let supported):
      "written by a newer Lockstep: format version \(found), this program reads up to \(supported)"
    case .invalid(let item, let found): "not a valid checkpoint: \(item): \(found)"
    case .library(let error): "not a valid checkpoint: \(error)"
    }
  }
}

/// Why a checkpoint or another file could not be written: one line for the user. What lay at `path` before still does.
public struct WriteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What failed.
  public enum Cause: Error, Equatable {
    /// The system refused.
    case system(SystemError)
    /// What had to be done before failed, in one line.
    case preparation(String)
    /// The state cannot be put into a file.
    case invalid(item: String, found: String)
    /// The HDF5 library refused to build the file.
    case library(HDF5Error)
  }

  /// The file that was to be written.
  public var path: String
  /// What failed.
  public var cause: Cause
  /// A temporary file that could not be removed either.
  public var leftover: String?

  /// Creates an error.
  public init(path: String, cause: Cause, leftover: String? = nil) {
    self.path = path
    self.cause = cause
    self.leftover = leftover
  }

  /// `cannot write FILE: cause`.
  public var description: String {
    let reason =
      switch cause {
      case .system(let error): error.path == path ? error.withoutPath : "\(error)"
      case .preparation(let reason): reason
      case .invalid(let item, let found): "\(item): \(found)"
      case .library(let error): "\(error)"
      }
    let remains = leftover.map { "; \($0) could not be removed" } ?? ""
    return "cannot write \(path): \(reason)\(remains)"
  }
}
