import CHDF5
import Tensors

/// A read-only HDF5 file in memory. Objects are opened by absolute path and checked before memory is taken for them.
///
/// Nothing is listed or iterated: what a file should hold is known by name. All calls must be made inside `HDF5Library.withLock`.
/// libhdf5 can crash on a damaged file, so the image must have passed its checksum before it comes here.
package struct HDF5Reader: ~Copyable {
  private let file: HDF5Handle
  private let imageByteCount: Int

  /// Opens `image`, which the library copies.
  package init(image: View<UInt8>) throws(HDF5Error) {
    imageByteCount = image.count
    let access = try HDF5Handle(H5Pcreate(ch5_class_file_access()), "create access properties of", "/")
    try check(H5Pset_fapl_core(access.id, 1 << 16, false), "keep in memory", "/")
    try check(
      H5Pset_file_image(access.id, UnsafeMutableRawPointer(mutating: image.base), image.count), "take the image of", "/"
    )
    file = try HDF5Handle(
      H5Fopen(HDF5Library.nameNotOnDisk, ch5_access_read_only(), access.id), "open file", "/")
  }

  /// Whether something lies at `path`, every step of which is a hard link.
  package func has(_ path: String) -> Bool { ancestors(of: path).allSatisfy { linkIsHard($0) == 1 } }

  /// Opens a dataset whose elements are exactly `Element`.
  package func dataset<Element: HDF5Element>(
    _ path: String, of element: Element.Type
  ) throws(HDF5Error) -> HDF5Dataset<Element> {
    let dataset = try open(path)
    let type = try HDF5Handle(H5Dget_type(dataset.id), "find the type of", path)
    guard H5Tequal(type.id, Element.hdf5FileType) > 0 else {
      throw unacceptable(path, "its elements are not little-endian \(Element.hdf5Name)")
    }
    let dimensions = try extents(dataset, path, elementBytes: MemoryLayout<Element>.size)
    return HDF5Dataset(handle: dataset, path: path, dimensions: dimensions)
  }

  /// Reads a dataset of one axis that holds texts of fixed length.
  package func strings(_ path: String) throws(HDF5Error) -> [String] {
    let dataset = try open(path)
    let type = try HDF5Handle(H5Dget_type(dataset.id), "find the type of", path)
    let bytesEach = try stringSize(type, path)
    let dimensions = try extents(dataset, path, elementBytes: bytesEach)
    guard dimensions.count == 1 else { throw unacceptable(path, "it has \(dimensions.count) axes where 1 is needed") }
    guard dimensions[0] > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: dimensions[0] * bytesEach)
    try check(
      H5Dread(dataset.id, type.id, everything, everything, defaults, &bytes), "read dataset", path)
    var texts: [String] = []
    for index in 0..<dimensions[0] {
      texts.append(try text(bytes[index * bytesEach..<(index + 1) * bytesEach], path))
    }
    return texts
  }

  /// Whether the object at `path` has an attribute of that name.
  package func hasAttribute(_ name: String, of path: String) -> Bool {
    has(path) && H5Aexists_by_name(file.id, path, name, defaults) > 0
  }

  /// Reads a number attached to the object at `path`.
  package func attribute<Element: HDF5Element>(
    _ name: String, of path: String, as element: Element.Type
  ) throws(HDF5Error) -> Element {
    let attribute = try openAttribute(name, path)
    let type = try HDF5Handle(H5Aget_type(attribute.id), "find the type of attribute \(name) of", path)
    guard H5Tequal(type.id, Element.hdf5FileType) > 0 else {
      throw unacceptable("attribute \(name) of \(path)", "it is not a little-endian \(Element.hdf5Name)")
    }
    let value = Storage<Element>(count: 1)
    return try withExtendedLifetime(value) { () throws(HDF5Error) in
      try check(
        H5Aread(attribute.id, Element.hdf5MemoryType, value.mutableView.base), "read attribute \(name) of", path)
      return value.view[0]
    }
  }

  /// Reads a text of fixed length attached to the object at `path`.
  package func text(_ name: String, of path: String) throws(HDF5Error) -> String {
    let attribute = try openAttribute(name, path)
    let type = try HDF5Handle(H5Aget_type(attribute.id), "find the type of attribute \(name) of", path)
    var bytes = [UInt8](repeating: 0, count: try stringSize(type, "attribute \(name) of \(path)"))
    try check(H5Aread(attribute.id, type.id, &bytes), "read attribute \(name) of", path)
    return try text(bytes[...], "attribute \(name) of \(path)")
  }

  // MARK: Checks

  /// Longest text of fixed length that is read, in bytes.
  private static let largestString = 1 << 16
  /// Most axes a dataset may have.
  private static let largestRank = 8

  private func unacceptable(_ object: String, _ reason: String) -> HDF5Error {
    HDF5Error(operation: "accept", object: object, message: reason)
  }

  /// `/a/b/c` → `/a`, `/a/b`, `/a/b/c`.
  private func ancestors(of path: String) -> [String] {
    var result: [String] = []
    for part in path.split(separator: "/") { result.append("\(result.last ?? "")/\(part)") }
    return result
  }

  private func linkIsHard(_ path: String) -> CInt { ch5_link_is_hard(file.id, path) }

  /// Soft and external links could lead to other files; they are never followed.
  private func checkLinks(_ path: String) throws(HDF5Error) {
    for step in ancestors(of: path) {
      switch linkIsHard(step) {
      case 1: continue
      case 0: throw unacceptable(path, "\(step) is a soft or external link")
      default: throw HDF5Error(operation: "find", object: path, message: "\(step) is missing")
      }
    }
  }

  private func open(_ path: String) throws(HDF5Error) -> HDF5Handle {
    try checkLinks(path)
    let dataset = try HDF5Handle(H5Dopen2(file.id, path, defaults), "open dataset", path)
    let properties = try HDF5Handle(H5Dget_create_plist(dataset.id), "find the layout of", path)
    guard H5Pget_layout(properties.id) == H5D_CONTIGUOUS, H5Pget_external_count(properties.id) == 0 else {
      throw unacceptable(path, "its values are not stored contiguously in the file itself")
    }
    return dataset
  }

  /// The dimensions, after a check that the values they promise are in the file: no more memory is ever asked for than it holds.
  private func extents(
    _ dataset: borrowing HDF5Handle, _ path: String, elementBytes: Int
  ) throws(HDF5Error) -> [Int] {
    let space = try HDF5Handle(H5Dget_space(dataset.id), "find the dimensions of", path)
    guard H5Sget_simple_extent_type(space.id) != H5S_NULL else { throw unacceptable(path, "it has no values") }
    let rank = Int(H5Sget_simple_extent_ndims(space.id))
    guard rank >= 0 else { throw HDF5Error.last("find the dimensions of", path) }
    guard rank <= Self.largestRank else { throw unacceptable(path, "it has \(rank) axes") }
    var extents = [hsize_t](repeating: 0, count: Self.largestRank)
    guard H5Sget_simple_extent_dims(space.id, &extents, nil) == rank else {
      throw HDF5Error.last("find the dimensions of", path)
    }
    var bytes = UInt64(elementBytes)
    for extent in extents.prefix(rank) {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw unacceptable(path, "its dimensions overflow") }
      bytes = product
    }
    guard bytes <= imageByteCount, H5Dget_storage_size(dataset.id) == bytes else {
      throw unacceptable(path, "its dimensions promise \(bytes) bytes, which the file does not hold")
    }
    return extents.prefix(rank).map(Int.init)
  }

  private func openAttribute(_ name: String, _ path: String) throws(HDF5Error) -> HDF5Handle {
    try checkLinks(path)
    let attribute = try HDF5Handle(
      H5Aopen_by_name(file.id, path, name, defaults, defaults), "open attribute \(name) of", path)
    let space = try HDF5Handle(H5Aget_space(attribute.id), "find the dimensions of attribute \(name) of", path)
    guard H5Sget_simple_extent_type(space.id) == H5S_SCALAR else {
      throw unacceptable("attribute \(name) of \(path)", "it is not a single value")
    }
    return attribute
  }

  /// Variable-length texts lie in memory that the library owns and go through more of its parser: they are refused.
  private func stringSize(_ type: borrowing HDF5Handle, _ object: String) throws(HDF5Error) -> Int {
    guard H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) == 0 else {
      throw unacceptable(object, "it is not a text of fixed length")
    }
    let size = H5Tget_size(type.id)
    guard size >= 1, size <= Self.largestString else {
      throw unacceptable(object, "a text of \(size) bytes is too long")
    }
    return size
  }

  private func text(_ bytes: ArraySlice<UInt8>, _ object: String) throws(HDF5Error) -> String {
    guard let text = String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self) else {
      throw unacceptable(object, "its text is not UTF-8")
    }
    return text
  }
}

/// An open dataset of known element type and dimensions, all of whose bytes are in the file.
package struct HDF5Dataset<Element: HDF5Element>: ~Copyable {
  private let handle: HDF5Handle
  private let path: String
  /// Extents, outermost first; empty for a scalar.
  package let dimensions: [Int]

  init(handle: consuming HDF5Handle, path: String, dimensions: [Int]) {
    self.handle = handle
    self.path = path
    self.dimensions = dimensions
  }

  /// Number of elements.
  package var count: Int { dimensions.reduce(1, *) }

  /// All elements, in memory of their own.
  package func read() throws(HDF5Error) -> Storage<Element> {
    let values = Storage<Element>(count: count, zeroed: false)
    guard count > 0 else { return values }
    try check(
      H5Dread(handle.id, Element.hdf5MemoryType, everything, everything, defaults, values.mutableView.base),
      "read dataset", path)
    return values
  }

  /// All elements, as an array.
  package func readArray() throws(HDF5Error) -> [Element] {
    let values = try read()
    return withExtendedLifetime(values) { values.view.array() }
  }
}
