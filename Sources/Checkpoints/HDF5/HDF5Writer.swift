import Tensors

/// A new HDF5 file in memory: groups, datasets and attributes are added by absolute path, then the file's bytes are taken.
///
/// It writes the little of HDF5 that our checkpoints need and that `HDF5PlainReader` reads, without libhdf5: equal calls give equal
/// bytes, whichever version of the library a machine has; a save takes a fraction of the time, which training would lose; and nothing
/// of a library's state can fail in the middle of it. The oldest file format, which every HDF5 program reads: contiguous datasets
/// without filters, attributes of one value, hard links, no time stamps.
///
///     superblock | values of the datasets, each from a multiple of 8 bytes on | headers and groups, those inside before those around
package struct HDF5Writer: ~Copyable {
  /// Fills a dataset's bytes, which are little-endian as this machine's are.
  package typealias Fill = (UnsafeMutableRawBufferPointer) -> Void

  private let root = HDF5NewGroup()
  private var values: [(place: Range<Int>, fill: Fill)] = []
  /// Where the next dataset's values go.
  private var end = Superblock.wholeByteCount

  package init() {}

  /// Adds an empty group; groups on the way are made where missing.
  package mutating func addGroup(_ path: String) throws(HDF5Error) {
    try add(.group(HDF5NewGroup()), path)
  }

  /// Adds a dataset of `dimensions` (none for a scalar).
  ///
  /// - Parameter fill: called by `image`, with as many bytes as the dimensions promise.
  package mutating func addDataset<Element: HDF5Element>(
    _ path: String, dimensions: [Int], of element: Element.Type, fill: @escaping Fill
  ) throws(HDF5Error) {
    try add(path, dimensions, HDF5NewType(Element.self), fill)
  }

  /// Adds a dataset from an array, whose count is the product of `dimensions`.
  package mutating func addDataset<Element: HDF5Element>(
    _ path: String, dimensions: [Int], values: [Element]
  ) throws(HDF5Error) {
    precondition(dimensions.reduce(1, *) == values.count, "dataset \(path): \(values.count) values for \(dimensions)")
    try add(path, dimensions, HDF5NewType(Element.self)) { target in
      values.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }

  /// Adds a dataset of one axis that holds texts of a fixed number of UTF-8 bytes, padded with zeros.
  ///
  /// - Precondition: no text is longer than `bytesEach`, which is at least 1.
  package mutating func addStrings(_ path: String, _ texts: [String], bytesEach: Int) throws(HDF5Error) {
    let bytes = texts.flatMap { HDF5NewType.padded($0, bytesEach) }
    try add(path, [texts.count], HDF5NewType(textOfBytes: bytesEach)) { target in target.copyBytes(from: bytes) }
  }

  /// Attaches a number to the group at `path`, which is made where missing.
  package mutating func setAttribute<Element: HDF5Element>(
    _ name: String, of path: String, to value: Element
  ) throws(HDF5Error) {
    let bytes = withUnsafeBytes(of: value) { Array($0) }
    try setAttribute(name, path, HDF5NewType(Element.self), bytes)
  }

  /// Attaches a text of fixed length to the group at `path`, which is made where missing.
  package mutating func setAttribute(_ name: String, of path: String, to value: String) throws(HDF5Error) {
    let bytes = HDF5NewType.padded(value, max(1, value.utf8.count))
    try setAttribute(name, path, HDF5NewType(textOfBytes: bytes.count), bytes)
  }

  /// The file's bytes, at the start of a storage that has room for `extraBytes` more, whose content is unspecified.
  package consuming func image(extraBytes: Int) -> Storage<UInt8> {
    var metadata = HDF5Metadata(start: end)
    let superblock = Superblock.bytes(root: metadata.append(root), end: metadata.end)
    let image = Storage<UInt8>(count: metadata.end + extraBytes, zeroed: false)
    image.withMutableBytes { bytes in
      bytes.copyBytes(from: superblock)
      var end = superblock.count
      for (place, fill) in values {
        // The bytes between are zeros, so that equal states make equal files.
        bytes[end..<place.lowerBound].initializeMemory(as: UInt8.self, repeating: 0)
        fill(UnsafeMutableRawBufferPointer(rebasing: bytes[place]))
        end = place.upperBound
      }
      bytes[end..<metadata.start].initializeMemory(as: UInt8.self, repeating: 0)
      bytes[metadata.start..<metadata.end].copyBytes(from: metadata.bytes)
    }
    return image
  }

  // MARK: Objects

  private mutating func add(
    _ path: String, _ dimensions: [Int], _ type: HDF5NewType, _ fill: @escaping Fill
  ) throws(HDF5Error) {
    let bytes = dimensions.reduce(type.byteCount, *)
    let place = end..<end + bytes
    try add(.dataset(HDF5Message.dataset(type: type, dimensions: dimensions, place: place)), path)
    values.append((place, fill))
    end = place.upperBound.alignedTo8
  }

  private func add(_ object: HDF5NewGroup.Child, _ path: String) throws(HDF5Error) {
    let steps = path.split(separator: "/").map(String.init)
    guard let name = steps.last else { throw HDF5Error(operation: "create", object: path, message: "it has no name") }
    let group = try group(steps.dropLast(), of: path)
    guard group.children[name] == nil else {
      throw HDF5Error(operation: "create", object: path, message: "the name is taken")
    }
    group.children[name] = object
  }

  private func setAttribute(
    _ name: String, _ path: String, _ type: HDF5NewType, _ value: [UInt8]
  ) throws(HDF5Error) {
    let group = try group(path.split(separator: "/").map(String.init)[...], of: path)
    group.attributes.append(HDF5Message.attribute(name, type: type, value: value))
  }

  /// The group at the end of `steps`; made, with those on the way, where there is none.
  private func group(_ steps: ArraySlice<String>, of path: String) throws(HDF5Error) -> HDF5NewGroup {
    var group = root
    for step in steps {
      switch group.children[step] {
      case .group(let next): group = next
      case .dataset: throw HDF5Error(operation: "create", object: path, message: "\(step) above it is a dataset")
      case nil:
        let next = HDF5NewGroup()
        group.children[step] = .group(next)
        group = next
      }
    }
    return group
  }
}

/// A group that is being built.
final class HDF5NewGroup {
  /// What a name stands for.
  enum Child {
    case group(HDF5NewGroup)
    /// The messages of its header.
    case dataset([HDF5Message])
  }

  var children: [String: Child] = [:]
  var attributes: [HDF5Message] = []
}
