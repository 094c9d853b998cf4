import Tensors

/// A read-only HDF5 file in memory, of the plain kind that our checkpoints are. Objects are opened by absolute path and checked before
/// memory is taken for them.
///
/// It reads what `HDF5Writer` writes, and refuses all else: the oldest file format, contiguous datasets without filters,
/// attributes of one value, hard links. That is a small part of HDF5, and it is read here rather than by libhdf5 (as `HDF5Reader`
/// does) because that library can be crashed by a file that is made to: no bytes do that to this reader.
///
/// Nothing is listed or iterated: what a file should hold is known by name.
package struct HDF5PlainReader {
  private let image: HDF5Bytes
  private let root: Int

  /// Looks at `image`, whose memory must outlive the reader.
  package init(image: View<UInt8>) throws(HDF5Error) {
    self.image = HDF5Bytes(image: image)
    let superblock = try self.image.part(at: 0, count: Superblock.wholeByteCount)
    // Signature; versions of superblock, free space, root group and shared messages; bytes of an offset and of a length.
    guard superblock.begins(with: Superblock.signature + [0, 0, 0, 0, 0, 8, 8]) else {
      throw superblock.isNo("HDF5 file of the oldest format")
    }
    guard try superblock.number(at: 24, bytes: 8) == 0, try superblock.number(at: 40, bytes: 8) <= image.count else {
      throw superblock.isNo("superblock of a file of \(image.count) bytes")
    }
    root = try superblock.number(at: 64, bytes: 8)
  }

  /// Opens a dataset whose elements are exactly `Element`.
  package func dataset<Element: HDF5Element>(
    _ path: String, of element: Element.Type
  ) throws(HDF5Error) -> HDF5PlainDataset<Element> {
    let dataset = try open(path)
    guard HDF5Type.matches(dataset.type, Element.hdf5Description) else {
      throw unacceptable(path, "its elements are not little-endian \(Element.hdf5Name)")
    }
    let (dimensions, bytes) = try values(dataset, path, elementBytes: MemoryLayout<Element>.size)
    return HDF5PlainDataset(bytes: bytes, dimensions: dimensions)
  }

  /// Reads a dataset of one axis that holds texts of fixed length.
  ///
  /// - Parameter largestCount: most texts, since an array of short texts takes more memory than they do in the file.
  package func strings(_ path: String, largestCount: Int) throws(HDF5Error) -> [String] {
    let dataset = try open(path)
    let bytesEach = try textLength(dataset.type, path)
    let (dimensions, bytes) = try values(dataset, path, elementBytes: bytesEach)
    guard dimensions.count == 1 else { throw unacceptable(path, "it has \(dimensions.count) axes where 1 is needed") }
    guard dimensions[0] <= largestCount else {
      throw unacceptable(path, "it has \(dimensions[0]) texts where at most \(largestCount) can be")
    }
    var texts: [String] = []
    for index in 0..<dimensions[0] {
      texts.append(try text(bytes.part(at: index * bytesEach, count: bytesEach), path))
    }
    return texts
  }

  /// Whether the object at `path` has an attribute of that name.
  package func hasAttribute(_ name: String, of path: String) throws(HDF5Error) -> Bool {
    try object(path).attribute(name) != nil
  }

  /// Reads a number attached to the object at `path`.
  package func attribute<Element: HDF5Element>(
    _ name: String, of path: String, as element: Element.Type
  ) throws(HDF5Error) -> Element {
    let attribute = try openAttribute(name, path)
    guard HDF5Type.matches(attribute.type, Element.hdf5Description) else {
      throw unacceptable("attribute \(name) of \(path)", "it is not a little-endian \(Element.hdf5Name)")
    }
    let value = try attribute.value.part(at: 0, count: MemoryLayout<Element>.size)
    return HDF5PlainDataset<Element>(bytes: value, dimensions: []).readArray()[0]
  }

  /// Reads a text of fixed length attached to the object at `path`.
  package func text(_ name: String, of path: String) throws(HDF5Error) -> String {
    let object = "attribute \(name) of \(path)"
    let attribute = try openAttribute(name, path)
    return try text(attribute.value.part(at: 0, count: textLength(attribute.type, object)), object)
  }

  // MARK: Objects

  /// The header of what lies at `path`. Soft and external links could lead to other files; they are never followed.
  private func object(_ path: String) throws(HDF5Error) -> HDF5Object {
    var (object, step) = (try HDF5Object(at: root, in: image), "")
    for name in path.split(separator: "/") {
      step += "/" + name
      guard let table = object.first(.symbolTable) else {
        guard !object.isNewGroup else { throw unacceptable(path, "a group above \(step) is of a later format") }
        throw HDF5Error(operation: "find", object: path, message: "\(step) is missing")
      }
      switch try HDF5Group(table, in: image).link(name.utf8) {
      case nil: throw HDF5Error(operation: "find", object: path, message: "\(step) is missing")
      case .soft: throw unacceptable(path, "\(step) is a soft or external link")
      case .object(let address): object = try HDF5Object(at: address, in: image)
      }
    }
    return object
  }

  private typealias Dataset = (type: HDF5Bytes, space: HDF5Bytes, layout: HDF5Bytes)

  private func open(_ path: String) throws(HDF5Error) -> Dataset {
    let object = try object(path)
    guard let type = object.first(.datatype), let space = object.first(.dataspace), let layout = object.first(.layout)
    else { throw HDF5Error(operation: "open", object: path, message: "it is no dataset") }
    // The version, and the class of storage: 1 is contiguous.
    guard layout.begins(with: [3, 1]), object.first(.externalFiles) == nil, object.first(.filters) == nil else {
      throw unacceptable(path, "its values are not stored contiguously in the file itself")
    }
    return (type, space, layout)
  }

  private func openAttribute(_ name: String, _ path: String) throws(HDF5Error) -> HDF5Attribute {
    guard let attribute = try object(path).attribute(name) else {
      throw HDF5Error(operation: "find", object: "attribute \(name) of \(path)", message: "there is none")
    }
    guard case .extents([]) = try HDF5Space(attribute.space, of: "attribute \(name) of \(path)") else {
      throw unacceptable("attribute \(name) of \(path)", "it is not a single value")
    }
    return attribute
  }

  // MARK: Checks

  /// Longest text of fixed length that is read, in bytes.
  private static let largestString = 1 << 16

  private func unacceptable(_ object: String, _ reason: String) -> HDF5Error {
    HDF5Error(operation: "accept", object: object, message: reason)
  }

  /// The dimensions and the bytes that they promise, which are in the file.
  private func values(
    _ dataset: Dataset, _ path: String, elementBytes: Int
  ) throws(HDF5Error) -> (dimensions: [Int], bytes: HDF5Bytes) {
    guard case .extents(let dimensions) = try HDF5Space(dataset.space, of: path) else {
      throw unacceptable(path, "it has no values")
    }
    var count = elementBytes
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw unacceptable(path, "its dimensions overflow") }
      count = product
    }
    guard try dataset.layout.number(at: 10, bytes: 8) == count, let bytes = try stored(dataset.layout, count: count)
    else {
      throw unacceptable(path, "its dimensions promise \(count) bytes, which the file does not hold")
    }
    return (dimensions, bytes)
  }

  private func stored(_ layout: HDF5Bytes, count: Int) throws(HDF5Error) -> HDF5Bytes? {
    // Nothing has no place.
    guard count > 0 else { return try image.part(at: 0, count: 0) }
    guard let address = try layout.address(at: 2), address <= image.count, count <= image.count - address else {
      return nil
    }
    return try image.part(at: address, count: count)
  }

  /// Variable-length texts lie elsewhere in the file: they are refused.
  private func textLength(_ type: HDF5Bytes, _ object: String) throws(HDF5Error) -> Int {
    guard let length = try HDF5Type.textLength(type) else {
      throw unacceptable(object, "it is not a text of fixed length")
    }
    guard length >= 1, length <= Self.largestString else {
      throw unacceptable(object, "a text of \(length) bytes is too long")
    }
    return length
  }

  private func text(_ bytes: HDF5Bytes, _ object: String) throws(HDF5Error) -> String {
    guard let text = String(validating: bytes.view.array().prefix { $0 != 0 }, as: UTF8.self) else {
      throw unacceptable(object, "its text is not UTF-8")
    }
    return text
  }
}

/// An open dataset of known element type and dimensions, all of whose bytes are in the file.
package struct HDF5PlainDataset<Element: HDF5Element> {
  private let bytes: HDF5Bytes
  /// Extents, outermost first; empty for a scalar.
  package let dimensions: [Int]

  init(bytes: HDF5Bytes, dimensions: [Int]) {
    self.bytes = bytes
    self.dimensions = dimensions
  }

  /// Number of elements.
  package var count: Int { bytes.count / MemoryLayout<Element>.size }

  /// All elements, in memory of their own.
  package func read() -> Storage<Element> {
    let values = Storage<Element>(count: count, zeroed: false)
    // The file is little-endian, as is every processor that this runs on.
    values.withMutableBytes { target in bytes.view.withBytes { target.copyMemory(from: $0) } }
    return values
  }

  /// All elements, as an array.
  package func readArray() -> [Element] { read().array() }
}
