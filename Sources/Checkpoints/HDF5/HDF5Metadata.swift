/// The end of a new HDF5 file: headers of objects, and what makes groups of them.
///
/// HDF5 File Format Specification, version 3.0, sections III.A.1 (version 1 B-trees), III.B (symbol table nodes), III.C (symbol table
/// entries), III.D (local heaps) and IV.A.1.a (version 1 object headers). `HDF5Group` and `HDF5Object` read them.
struct HDF5Metadata {
  /// Where a group's parts lie.
  struct GroupPlace {
    var header: Int
    var tree: Int
    var heap: Int
  }

  /// A node of a group's tree, or a list of links below it, and the last name in it.
  private struct Node {
    var place: Int
    /// In the heap.
    var lastName: Int
  }

  /// Half of the links that a list holds at most, and half of the children of a node: the library's own numbers.
  static let (leafHalf, nodeHalf) = (4, 16)

  /// Where the first byte lies in the file; a multiple of 8, as are all places here.
  let start: Int
  private(set) var bytes: [UInt8] = []
  /// Where the next byte would lie.
  var end: Int { start + bytes.count }

  init(start: Int) { self.start = start }

  /// Appends a group with all that is below it.
  mutating func append(_ group: HDF5NewGroup) -> GroupPlace {
    // By bytes, as the format wants it.
    let children = group.children.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    // The first name is an empty one, which comes before all others.
    var names = [UInt8](repeating: 0, count: 8)
    var links: [HDF5Link] = []
    for (name, child) in children {
      links.append(HDF5Link(name: names.count, object: append(child)))
      names.append(name: name)
    }
    let heap = appendHeap(names)
    let tree = appendTree(appendLeaves(links))
    return GroupPlace(header: appendHeader([.group(tree: tree, heap: heap)] + group.attributes), tree: tree, heap: heap)
  }

  private mutating func append(_ child: HDF5NewGroup.Child) -> HDF5Link.Object {
    switch child {
    case .dataset(let messages): .dataset(header: appendHeader(messages))
    case .group(let group): .group(append(group))
    }
  }

  /// Version 1: messages and their count, one reference, bytes of the messages.
  private mutating func appendHeader(_ messages: [HDF5Message]) -> Int {
    let place = end
    bytes += [1, 0]
    bytes.append(littleEndian: UInt16(messages.count))
    bytes.append(littleEndian: UInt32(1))
    bytes.append(littleEndian: UInt64(messages.reduce(0) { $0 + 8 + $1.content.count }))
    for message in messages {
      bytes.append(littleEndian: UInt16(message.type.rawValue))
      bytes.append(littleEndian: UInt16(message.content.count))
      // No flags.
      bytes.append(zeros: 4)
      bytes += message.content
    }
    return place
  }

  private mutating func appendHeap(_ names: [UInt8]) -> Int {
    let place = end
    bytes += "HEAP".utf8
    // Version 0.
    bytes.append(zeros: 4)
    // Bytes of the names; no room that is free (1); where the names are.
    for number in [names.count, 1, place + 32] { bytes.append(littleEndian: UInt64(number)) }
    bytes += names
    return place
  }

  /// Lists of links, all full but the last one.
  private mutating func appendLeaves(_ links: [HDF5Link]) -> [Node] {
    let most = 2 * Self.leafHalf
    return stride(from: 0, to: links.count, by: most).map { first in
      let part = links[first..<min(first + most, links.count)]
      let node = Node(place: end, lastName: part.last?.name ?? 0)
      bytes += "SNOD".utf8
      bytes += [1, 0]
      bytes.append(littleEndian: UInt16(part.count))
      for link in part { link.append(to: &bytes) }
      bytes.append(zeros: HDF5Link.byteCount * (most - part.count))
      return node
    }
  }

  /// Levels of nodes, until one is at the top.
  private mutating func appendTree(_ leaves: [Node]) -> Int {
    var (below, level) = (leaves, 0)
    while true {
      let nodes = appendLevel(level, above: below)
      if nodes.count == 1 { return nodes[0].place }
      (below, level) = (nodes, level + 1)
    }
  }

  /// The nodes of one level, at least one.
  private mutating func appendLevel(_ level: Int, above children: [Node]) -> [Node] {
    let most = 2 * Self.nodeHalf
    let bytesEach = 24 + 8 * (2 * most + 1)
    let count = max(1, (children.count + most - 1) / most)
    let start = end
    func neighbour(_ index: Int) -> UInt64 {
      (0..<count).contains(index) ? UInt64(start + index * bytesEach) : .max
    }
    var nameBefore = 0
    return (0..<count).map { index in
      let part = children[index * most..<min((index + 1) * most, children.count)]
      let node = Node(place: end, lastName: part.last?.lastName ?? 0)
      bytes += "TREE".utf8
      bytes += [0, UInt8(level)]
      bytes.append(littleEndian: UInt16(part.count))
      bytes.append(littleEndian: neighbour(index - 1))
      bytes.append(littleEndian: neighbour(index + 1))
      // A child holds the names after the one on its left up to and with the one on its right.
      bytes.append(littleEndian: UInt64(nameBefore))
      for child in part {
        bytes.append(littleEndian: UInt64(child.place))
        bytes.append(littleEndian: UInt64(child.lastName))
      }
      bytes.append(zeros: node.place + bytesEach - end)
      nameBefore = node.lastName
      return node
    }
  }
}

/// A name in a group, and its object: an entry of 40 bytes.
struct HDF5Link {
  /// What the name stands for.
  enum Object {
    case dataset(header: Int)
    case group(HDF5Metadata.GroupPlace)
  }

  static let byteCount = 40

  /// In the group's heap.
  var name: Int
  var object: Object

  /// Name and header; of a group (kind 1) also what its header says.
  func append(to bytes: inout [UInt8]) {
    let fields =
      switch object {
      case .dataset(let header): [name, header, 0, 0, 0]
      case .group(let place): [name, place.header, 1, place.tree, place.heap]
      }
    for field in fields { bytes.append(littleEndian: UInt64(field)) }
  }
}
