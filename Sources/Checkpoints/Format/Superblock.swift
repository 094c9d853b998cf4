/// The first bytes of an HDF5 file of the oldest format, as far as needed to say how a file was cut.
///
/// HDF5 File Format Specification, version 3.0, section II.A (superblock version 0).
package enum Superblock {
  /// Bytes up to the field that is read.
  package static let byteCount = 48
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Whether the bytes begin as an HDF5 file does; with fewer than eight, as far as they go.
  package static func hasSignature(_ head: [UInt8]) -> Bool {
    head.prefix(8).elementsEqual(signature.prefix(head.count))
  }

  /// Length of the image, as its writer noted it; nil where the head is too short or of another format.
  static func imageByteCount(_ head: [UInt8]) -> Int? {
    guard head.count >= byteCount, hasSignature(head) else { return nil }
    let isVersion0With8ByteOffsets = head[8] == 0 && head[13] == 8 && head[14] == 8
    guard isVersion0With8ByteOffsets else { return nil }
    let end = (0..<8).reduce(UInt64(0)) { $0 | UInt64(head[40 + $1]) << (8 * UInt64($1)) }
    return Int(exactly: end)
  }
}
