/// PNG files made by hand, right or wrong.
enum PNGBytes {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  static let end = chunk("IEND", [])

  static func header(_ width: UInt32, _ height: UInt32, depth: UInt8 = 8, type: UInt8 = 0) -> [UInt8] {
    chunk("IHDR", bigEndian(width) + bigEndian(height) + [depth, type, 0, 0, 0])
  }

  static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    bigEndian(UInt32(content.count)) + type.utf8 + content + bigEndian(checksum(type.utf8 + content))
  }

  /// The pixels of a 1 × 1 grey picture, black: a zlib stream of one stored block.
  static let data = chunk("IDAT", [0x78, 0x01, 0x01, 0x02, 0x00, 0xFD, 0xFF, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01])

  static func bigEndian(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { register, byte in
      (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }
}
