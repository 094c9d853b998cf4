import CZlib

/// Inflates a gzip file (RFC 1952) as it is asked for, never ahead of that: a file cannot make more bytes than its reader wants.
///
/// Several members in a row read as one, as the standard says. Each member's checksum and length are checked at its end.
final class GzipReader: ByteSource {
  /// No deflate stream inflates to more than this many times its length.
  static let largestRatio = 1032

  private let file: InputFile
  // On the heap, because zlib keeps a pointer back to it and refuses a stream that moved.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  /// Compressed bytes taken from the file so far.
  private var consumed = 0
  private var isBetweenMembers = false

  init(_ file: InputFile) throws(IDXFault) {
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard czlib_inflate_init_gzip(stream) == Z_OK else { throw .unreadable(reason: "out of memory") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into target: UnsafeMutableRawBufferPointer) throws(IDXFault) -> Int {
    var filled = 0
    while filled < target.count {
      if stream.pointee.avail_in == 0, try !refill() {
        if isBetweenMembers { break }
        throw .gzipCut(bytes: consumed)
      }
      if isBetweenMembers { try beginMember() }
      let room = min(target.count - filled, 1 << 30)
      stream.pointee.next_out = target.baseAddress.map { ($0 + filled).assumingMemoryBound(to: UInt8.self) }
      stream.pointee.avail_out = UInt32(room)
      let status = inflate(stream, Z_NO_FLUSH)
      filled += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_STREAM_END: isBetweenMembers = true
      case Z_OK, Z_BUF_ERROR: break
      default: throw .gzipDamaged(offset: offset, reason: reason(status))
      }
    }
    return filled
  }

  /// Compressed bytes that zlib has taken.
  private var offset: Int { consumed - Int(stream.pointee.avail_in) }

  /// Returns false at the end of the file.
  private func refill() throws(IDXFault) -> Bool {
    let count = try file.read(into: input)
    consumed += count
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
    return count > 0
  }

  private func beginMember() throws(IDXFault) {
    guard stream.pointee.next_in.pointee == 0x1F else {
      throw .gzipSurplus(bytes: file.byteCount - offset)
    }
    inflateReset(stream)
    isBetweenMembers = false
  }

  private func reason(_ status: CInt) -> String {
    if let message = stream.pointee.msg { return String(cString: message) }
    return status == Z_MEM_ERROR ? "out of memory" : "zlib status \(status)"
  }
}
