/// A message of an object's header that is being written: what the object is, or what is attached to it.
///
/// HDF5 File Format Specification, version 3.0, section IV.A.2.
struct HDF5Message {
  /// Its kind.
  let type: HDF5Object.MessageType
  /// Its content, a multiple of 8 bytes.
  let content: [UInt8]

  private init(_ type: HDF5Object.MessageType, _ write: (inout [UInt8]) -> Void) {
    var content: [UInt8] = []
    content.reserveCapacity(64)
    write(&content)
    content.pad()
    precondition(content.count <= UInt16.max, "a message of \(content.count) bytes")
    (self.type, self.content) = (type, content)
  }

  /// The messages of a dataset whose values lie at `place`.
  static func dataset(type: HDF5NewType, dimensions: [Int], place: Range<Int>) -> [HDF5Message] {
    [
      HDF5Message(.dataspace) { $0.append(extents: dimensions) },
      HDF5Message(.datatype) { $0 += type.description },
      // Version 2: memory is taken late, and would be filled if a program set a value; the value is the usual one.
      HDF5Message(.fillValue) { $0 += [2, 2, 2, 1, 0, 0, 0, 0] },
      HDF5Message(.layout) {
        // Version 3, contiguous. Nothing has no place.
        $0 += [3, 1]
        $0.append(littleEndian: place.isEmpty ? UInt64.max : UInt64(place.lowerBound))
        $0.append(littleEndian: UInt64(place.count))
      },
    ]
  }

  /// The message of a group, whose names are in a tree and a heap.
  static func group(tree: Int, heap: Int) -> HDF5Message {
    HDF5Message(.symbolTable) {
      $0.append(littleEndian: UInt64(tree))
      $0.append(littleEndian: UInt64(heap))
    }
  }

  /// A single value that is attached to an object: version 1, in which each part is padded.
  static func attribute(_ name: String, type: HDF5NewType, value: [UInt8]) -> HDF5Message {
    HDF5Message(.attribute) {
      $0 += [1, 0]
      for count in [name.utf8.count + 1, type.description.count, 8] { $0.append(littleEndian: UInt16(count)) }
      $0.append(name: name)
      $0 += type.description
      $0.pad()
      $0.append(extents: [])
      $0 += value
    }
  }
}

extension [UInt8] {
  /// Appends a name, with a zero behind it, and pads.
  mutating func append(name: String) {
    append(contentsOf: name.utf8)
    append(0)
    pad()
  }

  /// Appends zeros up to a multiple of 8 bytes.
  mutating func pad() { append(zeros: count.alignedTo8 - count) }

  /// Appends zeros.
  mutating func append(zeros count: Int) { append(contentsOf: repeatElement(0, count: count)) }

  /// Appends a list of dimensions: version 1, without largest extents.
  fileprivate mutating func append(extents: [Int]) {
    self += [1, UInt8(extents.count), 0, 0, 0, 0, 0, 0]
    for extent in extents { append(littleEndian: UInt64(extent)) }
  }
}

extension Int {
  /// The next multiple of 8.
  var alignedTo8: Int { (self + 7) / 8 * 8 }
}
