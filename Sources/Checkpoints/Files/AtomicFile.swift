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

  package static func write(
    _ bytes: Storage<UInt8>, to path: String, fileSystem: FileSystem
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
    do throws(SystemError) {
      try fileSystem.flushDirectory(FilePath.directory(of: path))
      return .durable
    } catch {
      return .directoryNotFlushed(error)
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
      while written < bytes.count {
        let count: Int
        do throws(SystemError) {
          count = try fileSystem.write(file, path, bytes.view[written..<bytes.count])
        } catch {
          if error.code == EINTR { continue }
          throw error
        }
        // A disk that takes nothing and says nothing would otherwise hold us here for ever.
        guard count > 0 else { throw SystemError(operation: "write", path: path, code: EIO) }
        written += count
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
