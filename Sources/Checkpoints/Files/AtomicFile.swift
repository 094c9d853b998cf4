import Glibc
import Tensors

/// Writing a file so that it appears whole or not at all, and stays.
///
/// The bytes go to a temporary name in the same directory and are flushed to the disk; then the name is changed, which the file
/// system does at once, and the directory is flushed. Whatever fails before the change of name leaves what lay there untouched.
public enum AtomicFile {
  /// What is known about a file that is in its place.
  public enum Outcome: Equatable, Sendable {
    /// It survives a power cut.
    case durable
    /// It can be read, but the directory could not be flushed: a power cut may bring back what lay there before.
    case directoryNotFlushed(SystemError)
  }

  /// Writes `bytes` to `path`, in place of what may lie there.
  public static func write(_ bytes: Storage<UInt8>, to path: String) throws(WriteError) -> Outcome {
    try write(bytes, to: path, fileSystem: .system)
  }

  /// Writes a text to `path`, in place of what may lie there.
  public static func write(_ text: String, to path: String) throws(WriteError) -> Outcome {
    try write(Storage(Array(text.utf8)), to: path)
  }

  /// How often a write that is interrupted starts all over again, before the interruption counts as a failure.
  private static let attempts = 10

  package static func write(
    _ bytes: Storage<UInt8>, to path: String, fileSystem: FileSystem
  ) throws(WriteError) -> Outcome {
    for _ in 1..<attempts {
      do throws(WriteError) {
        return try writeOnce(bytes, to: path, fileSystem)
      } catch {
        // A signal that comes in the middle of a call is no fault of the disk. But what an interrupted fsync has done is not known, and
        // a second one would not tell: all begins again with a new file.
        guard case .system(let cause) = error.cause, cause.code == EINTR, error.leftover == nil else { throw error }
      }
    }
    return try writeOnce(bytes, to: path, fileSystem)
  }

  private static func writeOnce(
    _ bytes: Storage<UInt8>, to path: String, _ fileSystem: FileSystem
  ) throws(WriteError) -> Outcome {
    let temporary = TemporaryFile.name(for: path)
    let file: CInt
    do throws(SystemError) {
      file = try fileSystem.create(temporary)
    } catch {
      throw WriteError(path: path, cause: .system(error))
    }
    do throws(SystemError) {
      try fill(file, temporary, with: bytes, fileSystem)
      try fileSystem.rename(temporary, path)
    } catch {
      throw WriteError(path: path, cause: .system(error), leftover: remove(temporary, fileSystem))
    }
    return flushDirectory(FilePath.directory(of: path), fileSystem)
  }

  /// Makes the new name durable. Here an interruption may be followed by another try: names wait in the file system's journal, which
  /// has either failed for good or still has them.
  private static func flushDirectory(_ path: String, _ fileSystem: FileSystem) -> Outcome {
    var interruptions = 0
    while true {
      do throws(SystemError) {
        try fileSystem.flushDirectory(path)
        return .durable
      } catch {
        interruptions += 1
        guard error.code == EINTR, interruptions < attempts else { return .directoryNotFlushed(error) }
      }
    }
  }

  /// Writes, flushes and closes; closes also where one of the former fails.
  private static func fill(
    _ file: CInt, _ path: String, with bytes: Storage<UInt8>, _ fileSystem: FileSystem
  ) throws(SystemError) {
    do throws(SystemError) {
      try writeAll(bytes, to: file, path, fileSystem)
      // Once only: after a failed fsync the system takes the pages for clean, and a second one would lie.
      try fileSystem.flush(file, path)
    } catch {
      try? fileSystem.close(file, path)
      throw error
    }
    // Never twice: after a failed close the number may already belong to another file.
    try fileSystem.close(file, path)
  }

  private static func writeAll(
    _ bytes: Storage<UInt8>, to file: CInt, _ path: String, _ fileSystem: FileSystem
  ) throws(SystemError) {
    try withExtendedLifetime(bytes) { () throws(SystemError) in
      var written = 0
      var interruptions = 0
      while written < bytes.count {
        let count: Int
        do throws(SystemError) {
          count = try fileSystem.write(file, path, bytes.view[written..<bytes.count])
        } catch {
          interruptions += 1
          guard error.code == EINTR, interruptions < attempts else { throw error }
          continue
        }
        // A disk that takes nothing and says nothing would otherwise hold us here for ever.
        guard count > 0 else { throw SystemError(operation: "write", path: path, code: EIO) }
        written += count
        interruptions = 0
      }
    }
  }

  /// Removes a temporary file; returns its name where that fails.
  private static func remove(_ path: String, _ fileSystem: FileSystem) -> String? {
    do throws(SystemError) {
      try fileSystem.remove(path)
      return nil
    } catch {
      return error.code == ENOENT ? nil : path
    }
  }
}
