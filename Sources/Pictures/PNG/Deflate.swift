import CZlib

/// zlib's streams and checksums.
enum Deflate {
  /// No deflate stream inflates to more than this many times its length.
  static let largestRatio = 1032

  /// CRC-32 of some bytes.
  static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "range out of bounds")
    return bytes.withUnsafeBufferPointer { source in
      UInt32(truncatingIfNeeded: crc32_z(0, source.baseAddress.map { $0 + range.lowerBound }, range.count))
    }
  }

  /// A zlib stream of some bytes.
  static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    let bound = Int(compressBound(UInt(bytes.count)))
    return [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      var length = UInt(bound)
      let status = compress2(target.baseAddress, &length, bytes, UInt(bytes.count), Z_DEFAULT_COMPRESSION)
      precondition(status == Z_OK, "out of memory")
      count = Int(length)
    }
  }
}

/// Inflates a zlib stream that lies in pieces, as it is asked for and never ahead of that.
final class Inflater {
  private let bytes: [UInt8]
  /// Pieces that zlib has not taken whole, the next one last.
  private var pieces: [Range<Int>]
  // On the heap, because zlib keeps a pointer back to it and refuses a stream that moved.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isAtEnd = false

  /// - Parameter pieces: ranges of `bytes`.
  init(_ bytes: [UInt8], _ pieces: [Range<Int>]) throws(PictureFault) {
    precondition(pieces.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.count }, "a piece out of bounds")
    self.bytes = bytes
    self.pieces = pieces.reversed()
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard czlib_inflate_init(stream) == Z_OK else { throw .unreadable(reason: "out of memory") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Fills `target`.
  ///
  /// - Throws: `PictureFault.damaged` where there are no more bytes, or what there is cannot be inflated.
  func read(_ target: inout [UInt8]) throws(PictureFault) {
    guard try fill(&target) == target.count else { throw .damaged(reason: "its data ends before its last pixel") }
  }

  /// - Throws: `PictureFault.damaged` where the stream goes on, or its own checksum does not match.
  func finish() throws(PictureFault) {
    var beyond: [UInt8] = [0]
    guard try fill(&beyond) == 0 else { throw .damaged(reason: "its data goes on behind its last pixel") }
    guard isAtEnd else { throw .damaged(reason: "its data ends without a checksum") }
  }

  /// Fills `target` as far as there are bytes, and returns how many there are.
  private func fill(_ target: inout [UInt8]) throws(PictureFault) -> Int {
    var filled = 0
    while filled < target.count, !isAtEnd, let piece = pieces.last {
      let status = inflate(piece, &target, &filled)
      switch status {
      case Z_STREAM_END: isAtEnd = true
      case Z_OK, Z_BUF_ERROR: break
      default: throw .damaged(reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)")
      }
    }
    return filled
  }

  /// One call of zlib's. Pointers are handed over anew each time: between two calls nothing holds the arrays in their place.
  private func inflate(_ piece: Range<Int>, _ target: inout [UInt8], _ filled: inout Int) -> CInt {
    let given = min(piece.count, 1 << 30)
    let room = min(target.count - filled, 1 << 30)
    let start = filled
    let status = bytes.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        // zlib does not write to its input; its declaration merely lacks the const.
        stream.pointee.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + piece.lowerBound) }
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = target.baseAddress.map { $0 + start }
        stream.pointee.avail_out = UInt32(room)
        return CZlib.inflate(stream, Z_NO_FLUSH)
      }
    }
    filled += room - Int(stream.pointee.avail_out)
    pieces.removeLast()
    let rest = piece.dropFirst(given - Int(stream.pointee.avail_in))
    if !rest.isEmpty { pieces.append(rest) }
    return status
  }
}
