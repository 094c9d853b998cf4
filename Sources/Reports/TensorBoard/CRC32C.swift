/// The cyclic redundancy check of TensorFlow's record files: CRC-32C (Castagnoli), reflected polynomial 0x82F63B78.
package enum CRC32C {
  /// What a byte does to a remainder.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1
    }
  }

  /// The checksum of some bytes: 0xE3069283 for the text `123456789`.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    var remainder = ~UInt32(0)
    for byte in bytes { remainder = table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder >> 8 }
    return ~remainder
  }

  /// The checksum as record files store it: turned by 15 bits and moved by a constant, because a checksum of bytes that
  /// hold their own checksum says little.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = checksum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
