import CZlib

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
