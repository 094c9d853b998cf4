/// A type of elements that is being written: section IV.A.2.d of the HDF5 File Format Specification, version 3.0.
struct HDF5NewType {
  /// The datatype message, of version 1.
  let description: [UInt8]
  /// Bytes of an element.
  let byteCount: Int

  /// Little-endian numbers.
  init<Element: HDF5Element>(_ element: Element.Type) {
    var description = Element.hdf5Description
    description[0] |= 1 << 4
    self.description = description
    byteCount = MemoryLayout<Element>.size
  }

  /// UTF-8 texts of fixed length, padded with zeros.
  init(textOfBytes count: Int) {
    var description: [UInt8] = [1 << 4 | 3, 1 << 4 | 1, 0, 0]
    description.append(littleEndian: UInt32(count))
    self.description = description
    byteCount = count
  }

  /// A text as an element of such a type.
  ///
  /// - Precondition: it is not longer.
  static func padded(_ text: String, _ count: Int) -> [UInt8] {
    var bytes = Array(text.utf8)
    precondition(bytes.count <= count, "a text of \(bytes.count) bytes where \(count) have room")
    bytes.append(zeros: count - bytes.count)
    return bytes
  }
}
