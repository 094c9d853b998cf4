import Tensors

/// A group: names of objects, in a tree whose leaves hold a few links each, the names themselves in a heap.
///
/// HDF5 File Format Specification, version 3.0, sections III.A.1 (version 1 B-trees), III.B (symbol table nodes), III.C (symbol table
/// entries) and III.D (local heaps).
struct HDF5Group {
  /// What a name stands for.
  enum Link {
    /// An object of this file: where its header lies.
    case object(address: Int)
    /// A name that may lead elsewhere.
    case soft
  }

  /// Twice this is what a node of any group may hold; the format's own limit is in the superblock, and far lower.
  private static let largestNode = 1 << 12

  private let image: HDF5Bytes
  /// The root of the tree.
  private let tree: Int
  /// The names.
  private let heap: HDF5Bytes

  /// - Parameter message: the group's symbol table message.
  init(_ message: HDF5Bytes, in image: HDF5Bytes) throws(HDF5Error) {
    self.image = image
    tree = try message.number(at: 0, bytes: 8)
    let address = try message.number(at: 8, bytes: 8)
    let header = try image.part(at: address, count: 32)
    guard header.begins(with: Array("HEAP".utf8) + [0]) else { throw header.isNo("heap of names") }
    heap = try image.part(at: header.number(at: 24, bytes: 8), count: header.number(at: 8, bytes: 8))
  }

  /// What lies under a name; nil where nothing does.
  ///
  /// A node's level is one less than that of the node above it, so that no file makes this go on for ever.
  func link(_ name: some Collection<UInt8>) throws(HDF5Error) -> Link? {
    var (address, level) = (tree, nil as Int?)
    while true {
      let header = try image.part(at: address, count: 24)
      guard header.begins(with: Array("TREE".utf8) + [0]) else { throw header.isNo("node of a group") }
      let found = try header.number(at: 5, bytes: 1)
      guard level == nil || level == found + 1 else { throw header.isNo("node of the level that it should be of") }
      guard let child = try child(of: address, children: header.number(at: 6, bytes: 2), holding: name) else {
        return nil
      }
      guard found > 0 else { return try link(name, inLeaf: child) }
      (address, level) = (child, found)
    }
  }

  /// Child i holds the names after key i up to and with key i + 1.
  private func child(
    of node: Int, children: Int, holding name: some Collection<UInt8>
  ) throws(HDF5Error) -> Int? {
    guard children <= Self.largestNode else { return nil }
    let entries = try image.part(at: node + 24, count: 16 * children + 8)
    for index in 0..<children
    where try order(of: entries.number(at: 16 * index + 16, bytes: 8), to: name) >= 0 {
      return try entries.number(at: 16 * index + 8, bytes: 8)
    }
    return nil
  }

  private func link(_ name: some Collection<UInt8>, inLeaf address: Int) throws(HDF5Error) -> Link? {
    let header = try image.part(at: address, count: 8)
    guard header.begins(with: Array("SNOD".utf8) + [1]) else { throw header.isNo("list of a group's links") }
    let count = try header.number(at: 6, bytes: 2)
    guard count <= Self.largestNode else { throw header.isNo("list of a group's links") }
    let entries = try image.part(at: address + 8, count: 40 * count)
    for index in 0..<count where try order(of: entries.number(at: 40 * index, bytes: 8), to: name) == 0 {
      // The kind of cached data: 2 is a soft link's.
      guard try entries.number(at: 40 * index + 16, bytes: 4) != 2,
        let object = try entries.address(at: 40 * index + 8)
      else { return .soft }
      return .object(address: object)
    }
    return nil
  }

  /// −1, 0 or 1: whether the name in the heap comes before, is, or comes after `name`, byte by byte. It ends with a zero.
  private func order(of offset: Int, to name: some Collection<UInt8>) throws(HDF5Error) -> Int {
    var place = offset
    for byte in name {
      let found = try heap.bits(at: place, bytes: 1)
      if found != UInt64(byte) { return found < UInt64(byte) ? -1 : 1 }
      place += 1
    }
    return try heap.bits(at: place, bytes: 1) == 0 ? 0 : 1
  }
}
