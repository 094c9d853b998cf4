/// IDX files made byte by byte.
enum IDXBytes {
  static func make(_ dimensions: [Int], type: UInt8 = 0x08, payload: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap { bigEndian(UInt32(truncatingIfNeeded: $0)) } + payload
  }

  /// As many bytes as the dimensions say: 0, 1, 2 …
  static func make(_ dimensions: [Int]) -> [UInt8] {
    make(dimensions, payload: (0..<dimensions.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0) })
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

/// Gzip members (RFC 1952) of stored blocks: an encoder independent of the reader's library.
enum GzipBytes {
  /// - Parameter name: goes into the optional file name field.
  static func member(_ content: [UInt8], name: String? = nil) -> [UInt8] {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, name == nil ? 0 : 8, 0, 0, 0, 0, 0, 255]
    if let name { bytes += Array(name.utf8) + [0] }
    var start = 0
    repeat {
      let end = min(content.count, start + 0xFFFF)
      bytes.append(end == content.count ? 1 : 0)
      bytes += littleEndian(UInt16(end - start)) + littleEndian(~UInt16(end - start))
      bytes += content[start..<end]
      start = end
    } while start < content.count
    return bytes + littleEndian(checksum(content)) + littleEndian(UInt32(content.count))
  }

  private static func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { register, byte in
      (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }
}
