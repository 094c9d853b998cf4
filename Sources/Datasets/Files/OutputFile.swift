#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that appears whole under its name or not at all: written beside it as `.partial`, flushed to disk, then renamed.
final class OutputFile {
  private let path: String
  private let partialPath: String
  private var descriptor: CInt

  /// Creates the directories on the way, too.
  init(path: String) throws(DatasetError) {
    self.path = path
    partialPath = path + ".partial"
    do throws(DirectoryFault) {
      try createDirectory(of: path)
    } catch {
      throw .unwritable(path: error.path, reason: error.reason)
    }
    descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
  }

  /// Without `finish`, nothing is left.
  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(partialPath)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(DatasetError) {
    var written = 0
    while written < bytes.count {
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      #else
        let count = Darwin.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      #endif
      if count < 0 {
        if errno == EINTR { continue }
        throw .unwritable(path: path, reason: systemReason())
      }
      written += count
    }
  }

  /// Puts the file in place.
  func finish() throws(DatasetError) {
    let isFlushed = fsync(descriptor) == 0
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isFlushed, isClosed, rename(partialPath, path) == 0 else {
      let reason = systemReason()
      unlink(partialPath)
      throw .unwritable(path: path, reason: reason)
    }
  }
}

/// A directory could not be made.
struct DirectoryFault: Error {
  let path: String
  let reason: String
}

/// Makes the directory that `path` lies in, and those above it.
func createDirectory(of path: String) throws(DirectoryFault) {
  guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
  let directory = String(path[..<slash])
  if access(directory, F_OK) == 0 { return }
  try createDirectory(of: directory)
  guard mkdir(directory, 0o755) == 0 || errno == EEXIST else {
    throw DirectoryFault(path: directory, reason: systemReason())
  }
}
