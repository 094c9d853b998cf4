/// The first bytes of an HDF5 file of the oldest format.
///
/// HDF5 File Format Specification, version 3.0, section II.A (superblock version 0).
package enum Superblock {
  /// Bytes up to the field that says how long the file is.
  package static let byteCount = 48
  /// Bytes of all fields.
  static let wholeByteCount = 96
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

  /// The superblock of a file whose last byte lies before `end`.
  static func bytes(root: HDF5Metadata.GroupPlace, end: Int) -> [UInt8] {
    // Versions; bytes of an offset and of a length; how much the nodes of a group hold; no flags.
    var bytes = signature + [0, 0, 0, 0, 0, 8, 8, 0]
    bytes += [UInt8(HDF5Metadata.leafHalf), 0, UInt8(HDF5Metadata.nodeHalf), 0, 0, 0, 0, 0]
    // Where the file begins, no list of free space, where it ends, no driver.
    for place in [0, .max, UInt64(end), .max] { bytes.append(littleEndian: place) }
    HDF5Link(name: 0, object: .group(root)).append(to: &bytes)
    return bytes
  }
}
