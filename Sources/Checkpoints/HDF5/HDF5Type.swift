/// The types of elements, as datatype messages have them: section IV.A.2.d of the HDF5 File Format Specification, version 3.0.
enum HDF5Type {
  /// Whether a message describes exactly the numbers that `description` does, in whichever version.
  static func matches(_ message: HDF5Bytes, _ description: [UInt8]) -> Bool {
    guard message.count >= description.count, (1...3).contains(message.view[0] >> 4) else { return false }
    return message.view[0] & 0xF == description[0]
      && description.indices.dropFirst().allSatisfy {
        message.view[$0] == description[$0]
      }
  }

  /// Bytes of a text of fixed length; nil for every other type.
  static func textLength(_ message: HDF5Bytes) throws(HDF5Error) -> Int? {
    guard try message.number(at: 0, bytes: 1) & 0xF == 3 else { return nil }
    return try message.number(at: 4, bytes: 4)
  }

  /// Little-endian integers: bit 3 of the second byte says whether they have a sign; then size, first bit, bits.
  static func integer(bytes: UInt8, isSigned: Bool) -> [UInt8] {
    [0, isSigned ? 8 : 0, 0, 0, bytes, 0, 0, 0, 0, 0, 8 * bytes, 0]
  }

  /// IEEE 754, little-endian: the leading bit of the mantissa is implied, then the place of the sign; size, first bit, bits; place and
  /// length of exponent and mantissa, bias.
  static func float(bytes: UInt8, exponentBits: UInt8, mantissaBits: UInt8, bias: UInt16) -> [UInt8] {
    [1, 0x20, 8 * bytes - 1, 0, bytes, 0, 0, 0, 0, 0, 8 * bytes, 0]
      + [mantissaBits, exponentBits, 0, mantissaBits, UInt8(bias & 0xFF), UInt8(bias >> 8), 0, 0]
  }
}
