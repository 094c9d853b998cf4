import CZlib

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
    try Self.createDirectory(of: path)
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

  /// Makes the directory that `path` lies in, and those above it.
  static func createDirectory(of path: String) throws(DatasetError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let directory = String(path[..<slash])
    if access(directory, F_OK) == 0 { return }
    try createDirectory(of: directory)
    guard mkdir(directory, 0o755) == 0 || errno == EEXIST else {
      throw .unwritable(path: directory, reason: systemReason())
    }
  }
}

/// Deflates what is written to it into an `OutputFile`, as one gzip member.
final class GzipWriter {
  private let file: OutputFile
  // On the heap, because zlib keeps a pointer back to it and refuses a stream that moved.
  private let stream: UnsafeMutablePointer<z_stream>
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)

  init(_ file: OutputFile) {
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = czlib_deflate_init_gzip(stream, 6)
    precondition(status == Z_OK, "out of memory")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Compresses bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(DatasetError) {
    var done = 0
    while done < bytes.count {
      let part = min(bytes.count - done, 1 << 30)
      let start = UnsafeRawBufferPointer(rebasing: bytes[done..<done + part])
      // zlib does not write to its input; its declaration merely lacks the const.
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: start.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(part)
      try drain(Z_NO_FLUSH)
      done += part
    }
  }

  /// Writes what zlib holds back, and the checksum; ends the member.
  func finish() throws(DatasetError) {
    stream.pointee.avail_in = 0
    try drain(Z_FINISH)
  }

  private func drain(_ flush: CInt) throws(DatasetError) {
    repeat {
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      deflate(stream, flush)
      try file.write(UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))]))
    } while stream.pointee.avail_out == 0
  }
}
