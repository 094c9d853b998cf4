import Glibc
import Tensors

/// The system calls that writing needs, as values: a test can make any one of them fail.
///
/// Each call is made once; what to do about an interruption or a short write is the caller's business.
package struct FileSystem: Sendable {
  /// Creates a file that must not exist, not even as a symbolic link, and opens it for writing.
  package var create: @Sendable (_ path: String) throws(SystemError) -> CInt
  /// Writes a first part of the bytes; returns its length.
  package var write: @Sendable (_ file: CInt, _ path: String, _ bytes: View<UInt8>) throws(SystemError) -> Int
  /// Makes a file's bytes durable.
  package var flush: @Sendable (_ file: CInt, _ path: String) throws(SystemError) -> Void
  /// Closes a file.
  package var close: @Sendable (_ file: CInt, _ path: String) throws(SystemError) -> Void
  /// Puts a file in the place of another, at once.
  package var rename: @Sendable (_ source: String, _ destination: String) throws(SystemError) -> Void
  /// Removes a file's name.
  package var remove: @Sendable (_ path: String) throws(SystemError) -> Void
  /// Makes a directory's names durable.
  package var flushDirectory: @Sendable (_ path: String) throws(SystemError) -> Void

  /// The system's own.
  package static let system = FileSystem(
    create: { path throws(SystemError) in
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
      guard file >= 0 else { throw SystemError.last("create", path) }
      return file
    },
    write: { file, path, bytes throws(SystemError) in
      let count = bytes.withBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw SystemError.last("write", path) }
      return count
    },
    flush: { file, path throws(SystemError) in
      guard fsync(file) == 0 else { throw SystemError.last("fsync", path) }
    },
    close: { file, path throws(SystemError) in
      guard Glibc.close(file) == 0 else { throw SystemError.last("close", path) }
    },
    rename: { source, destination throws(SystemError) in
      guard Glibc.rename(source, destination) == 0 else { throw SystemError.last("rename", source) }
    },
    remove: { path throws(SystemError) in
      guard unlink(path) == 0 else { throw SystemError.last("unlink", path) }
    },
    flushDirectory: { path throws(SystemError) in
      let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard directory >= 0 else { throw SystemError.last("open", path) }
      defer { _ = Glibc.close(directory) }
      guard fsync(directory) == 0 else { throw SystemError.last("fsync", path) }
    })
}
