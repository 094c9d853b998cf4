import Tensors

/// The 56 bytes after the HDF5 image that make a damaged file known before a byte of it is believed.
///
/// | offset | bytes | content |
/// | --- | --- | --- |
/// | 0 | 8 | `89 4C 53 45 41 4C 0D 0A` (`\x89LSEAL\r\n`) |
/// | 8 | 4 | trailer version, 1 |
/// | 12 | 4 | length of the trailer, 56 |
/// | 16 | 8 | length of the image |
/// | 24 | 32 | SHA-256 of every byte before this field: the image and the 24 bytes above |
///
/// Integers are unsigned and little-endian. Later versions keep the magic bytes and the digest at the end. HDF5 readers ignore bytes
/// after the image.
package enum Trailer {
  package static let byteCount = 56
  static let version = 1
  static let magic: [UInt8] = [0x89, 0x4C, 0x53, 0x45, 0x41, 0x4C, 0x0D, 0x0A]

  /// Writes the trailer over the last 56 bytes of `file`.
  package static func seal(_ file: Storage<UInt8>) {
    let imageByteCount = file.count - byteCount
    var fields = magic
    fields.append(littleEndian: UInt32(version))
    fields.append(littleEndian: UInt32(byteCount))
    fields.append(littleEndian: UInt64(imageByteCount))
    file.mutableView[imageByteCount..<imageByteCount + fields.count].copy(from: fields)
    let digestStart = file.count - SHA256.byteCount
    file.mutableView[digestStart..<file.count].copy(from: digest(of: file, upTo: digestStart))
  }

  /// Checks a file that may be ours: what carries our trailer, or is as much longer than its image, has to be as it was written.
  package static func checkIfSealed(_ file: Storage<UInt8>) throws(CheckpointError.Reason) {
    guard file.count > byteCount else { return }
    let imageByteCount = file.count - byteCount
    let view = file.view
    let isMarked = view[imageByteCount..<imageByteCount + magic.count].array() == magic
    let head = view[0..<min(Superblock.byteCount, file.count)].array()
    guard isMarked || Superblock.imageByteCount(head) == imageByteCount else { return }
    _ = try check(file)
  }

  /// The image's length, after every byte of `file` has been checked against the trailer.
  static func check(_ file: Storage<UInt8>) throws(CheckpointError.Reason) -> Int {
    let imageByteCount = file.count - byteCount
    guard imageByteCount > 0 else { throw .truncated(missing: nil) }
    let view = file.view
    let digestStart = file.count - SHA256.byteCount
    guard view[imageByteCount..<imageByteCount + magic.count].array() == magic,
      digest(of: file, upTo: digestStart) == view[digestStart..<file.count].array()
    else { throw .damaged }
    let found = integer(view[imageByteCount + 8..<imageByteCount + 12])
    guard found == UInt64(version) else { throw .newerFormat(found: Int(found), supported: version) }
    guard integer(view[imageByteCount + 16..<imageByteCount + 24]) == UInt64(imageByteCount) else { throw .damaged }
    return imageByteCount
  }

  private static func digest(of file: Storage<UInt8>, upTo end: Int) -> [UInt8] {
    var hash = SHA256()
    hash.update(file.view[0..<end])
    return hash.finish()
  }

  private static func integer(_ bytes: View<UInt8>) -> UInt64 {
    (0..<bytes.count).reduce(0) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
  }
}
