import Tensors

/// A group's or dataset's header: messages of several types.
///
/// HDF5 File Format Specification, version 3.0, section IV.A.1.a (version 1 object headers).
struct HDF5Object {
  /// Types of messages.
  enum MessageType: Int {
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case fillValue = 0x05
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case filters = 0x0B
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
  }

  /// More than any object of ours has, so that many names for one object with many messages cost no time.
  private static let mostMessages = 256

  private let messages: [(type: MessageType, bytes: HDF5Bytes)]

  /// Reads a header. Messages of types that say nothing here are passed over; the layout of the rest of the file does not depend on them.
  init(at address: Int, in image: HDF5Bytes) throws(HDF5Error) {
    let header = try image.part(at: address, count: 16)
    guard header.begins(with: [1]) else { throw header.isNo("object of the oldest format") }
    let count = try header.number(at: 2, bytes: 2)
    guard count <= Self.mostMessages else { throw header.isNo("object with at most \(Self.mostMessages) messages") }
    var blocks = [try image.part(at: address + 16, count: header.number(at: 8, bytes: 4))]
    var messages: [(type: MessageType, bytes: HDF5Bytes)] = []
    var (offset, left) = (0, count)
    while left > 0, let block = blocks.first {
      guard block.count - offset >= 8 else {
        blocks.removeFirst()
        offset = 0
        continue
      }
      let message = try block.part(at: offset + 8, count: block.number(at: offset + 2, bytes: 2))
      let isShared = try block.number(at: offset + 4, bytes: 1) & 2 != 0
      let type = MessageType(rawValue: try block.number(at: offset, bytes: 2))
      offset += 8 + message.count
      left -= 1
      guard let type else { continue }
      guard !isShared else { throw message.isNo("message of the object itself") }
      if type == .continuation {
        blocks.append(try image.part(at: message.number(at: 0, bytes: 8), count: message.number(at: 8, bytes: 8)))
      } else {
        messages.append((type, message))
      }
    }
    self.messages = messages
  }

  /// The content of the first message of a type.
  func first(_ type: MessageType) -> HDF5Bytes? { messages.first { $0.type == type }?.bytes }

  /// Whether the object is a group that keeps its links in another way than ours, in which they may lead to other files.
  var isNewGroup: Bool { first(.linkInfo) != nil || first(.link) != nil }

  /// An attribute; nil where there is none of that name.
  func attribute(_ name: String) throws(HDF5Error) -> HDF5Attribute? {
    for message in messages where message.type == .attribute {
      let attribute = try HDF5Attribute(message.bytes)
      if attribute.isNamed(name) { return attribute }
    }
    return nil
  }
}

/// A value attached to an object: section IV.A.2.m, version 1.
struct HDF5Attribute {
  let type: HDF5Bytes
  let space: HDF5Bytes
  let value: HDF5Bytes
  private let name: HDF5Bytes

  init(_ message: HDF5Bytes) throws(HDF5Error) {
    guard message.begins(with: [1]) else { throw message.isNo("attribute of the oldest format") }
    var place = 8
    var parts: [HDF5Bytes] = []
    for field in 1...3 {
      let count = try message.number(at: 2 * field, bytes: 2)
      parts.append(try message.part(at: place, count: count))
      // Each is padded to a multiple of 8 bytes.
      place += (count + 7) / 8 * 8
    }
    (name, type, space) = (parts[0], parts[1], parts[2])
    value = try message.part(at: place, count: message.count - min(place, message.count))
  }

  func isNamed(_ text: String) -> Bool { name.begins(with: Array(text.utf8) + [0]) }
}

/// The extents of a dataset or an attribute: section IV.A.2.b, versions 1 and 2.
enum HDF5Space {
  /// None for a single value.
  case extents([Int])
  /// No values at all.
  case null

  /// Most axes that are read.
  static let largestRank = 8

  init(_ message: HDF5Bytes, of object: String) throws(HDF5Error) {
    let version = try message.number(at: 0, bytes: 1)
    guard version == 1 || version == 2 else { throw message.isNo("list of dimensions") }
    if version == 2, try message.number(at: 3, bytes: 1) == 2 {
      self = .null
      return
    }
    let rank = try message.number(at: 1, bytes: 1)
    guard rank <= Self.largestRank else {
      throw HDF5Error(operation: "accept", object: object, message: "it has \(rank) axes")
    }
    var extents: [Int] = []
    for axis in 0..<rank {
      // An unlimited extent has all bits set, and no number of ours.
      guard let extent = try message.address(at: (version == 1 ? 8 : 4) + 8 * axis) else {
        throw HDF5Error(operation: "accept", object: object, message: "its dimensions overflow")
      }
      extents.append(extent)
    }
    self = .extents(extents)
  }
}
