import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes in a row, as they lie in a file or come out of a decompressor.
protocol ByteSource: AnyObject {
  /// Fills `target` as far as there are bytes; fewer than asked for means the end.
  func read(into target: UnsafeMutableRawBufferPointer) throws(IDXFault) -> Int
}

extension ByteSource {
  /// SHA-256 of all bytes, hexadecimal; nil where there are more than `limit`.
  func digest(limit: Int) throws(IDXFault) -> String? {
    let chunk = Storage<UInt8>(count: 1 << 18, zeroed: false)
    var hash = SHA256()
    var total = 0
    while true {
      let count = try chunk.withMutableBytes { target throws(IDXFault) in try read(into: target) }
      total += count
      guard total <= limit else { return nil }
      hash.update(chunk.view[0..<count])
      if count < chunk.count { return SHA256.hexadecimal(hash.finish()) }
    }
  }
}

/// An open regular file, read from front to back.
final class InputFile: ByteSource {
  /// Its length when it was opened.
  let byteCount: Int
  private let descriptor: CInt

  init(path: String) throws(IDXFault) {
    // Asked before opening, because opening a pipe would wait for its writer.
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(reason: systemReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(reason: systemReason()) }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  func read(into target: UnsafeMutableRawBufferPointer) throws(IDXFault) -> Int {
    var filled = 0
    while filled < target.count {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, target.baseAddress.map { $0 + filled }, target.count - filled)
      #else
        let count = Darwin.read(descriptor, target.baseAddress.map { $0 + filled }, target.count - filled)
      #endif
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(reason: systemReason())
      }
      filled += count
    }
    return filled
  }

  /// Whether the file begins with the two bytes of a gzip member; does not move the reading position.
  func isGzip() -> Bool {
    var bytes: (UInt8, UInt8) = (0, 0)
    return pread(descriptor, &bytes, 2, 0) == 2 && bytes == (0x1F, 0x8B)
  }
}

/// What the system says about the last call that failed.
func systemReason() -> String { String(cString: strerror(errno)) }
