import Glibc
import Tensors

/// A regular file that is open for reading: cannot be copied, closes when it goes out of scope.
package struct ReadableFile: ~Copyable {
  private let descriptor: CInt
  private let path: String
  /// Its length when it was opened, in bytes.
  package let byteCount: Int

  package init(_ path: String) throws(CheckpointError.Reason) {
    // Without O_NONBLOCK opening a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missing : .unreadable(SystemError.last("open", path))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notAFile
    }
    self.descriptor = descriptor
    self.path = path
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The bytes in `range`.
  ///
  /// - Throws: also where the file has become shorter since it was opened.
  package func read(_ range: Range<Int>) throws(CheckpointError.Reason) -> Storage<UInt8> {
    let bytes = Storage<UInt8>(count: range.count, zeroed: false)
    var filled = 0
    while filled < range.count {
      let rest = bytes.mutableView[filled..<range.count]
      let offset = off_t(range.lowerBound + filled)
      let count = rest.withMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(SystemError.last("read", path)) }
      guard count > 0 else { throw .truncated(missing: range.count - filled) }
      filled += count
    }
    return bytes
  }

  /// A few bytes, as an array.
  func readArray(_ range: Range<Int>) throws(CheckpointError.Reason) -> [UInt8] {
    let bytes = try read(range)
    return withExtendedLifetime(bytes) { bytes.view.array() }
  }
}
