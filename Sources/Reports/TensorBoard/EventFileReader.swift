import Protobuf

/// Reads an event file record by record. What its bytes say is checked before it is a size.
package struct EventFileReader: ~Copyable {
  /// What comes next in a file.
  package enum Item: Equatable {
    /// An event, whose checksums are right.
    case event([UInt8])
    /// The file ends within a record: its writer was killed, or is at it.
    case cutShort
    /// The record that begins at this byte is not as it was written; where the next one begins, nobody knows.
    case damaged(offset: Int)
  }

  /// A record of more bytes is none of a run: the pictures of an epoch are the largest.
  private static let mostBytes = 1 << 28

  private let file: ReadableLog
  private var offset = 0
  private var isAtEnd = false

  /// Opens a file; nil where there is none.
  package init?(_ path: String) throws(MetricsLogError) {
    guard let file = try ReadableLog(path) else { return nil }
    self.file = file
  }

  /// The next item; nil at the end. Nothing comes after a record that is cut short or damaged.
  package mutating func next() throws(MetricsLogError) -> Item? {
    guard !isAtEnd, offset < file.size else { return nil }
    isAtEnd = true
    let header = try bytes(12)
    guard header.count == 12 else { return .cutShort }
    guard CRC32C.masked(header[..<8]) == Self.number(header[8...]) else { return .damaged(offset: offset) }
    // The checksum is right, but anybody can make one.
    guard let length = Int(exactly: Self.number(header[..<8]) as UInt64), length <= Self.mostBytes else {
      return .damaged(offset: offset)
    }
    guard length + 16 <= file.size - offset else { return .cutShort }
    let rest = try bytes(length + 4)
    guard rest.count == length + 4 else { return .cutShort }
    guard CRC32C.masked(rest[..<length]) == Self.number(rest[length...]) else { return .damaged(offset: offset) }
    offset += length + 16
    isAtEnd = false
    return .event(Array(rest[..<length]))
  }

  private static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
    bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  /// The next bytes, or as many as there are.
  private func bytes(_ count: Int) throws(MetricsLogError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var chunk = [UInt8](repeating: 0, count: min(count, 1 << 16))
    while bytes.count < count {
      let got = try file.read(into: &chunk, atMost: count - bytes.count)
      if got == 0 { break }
      bytes += chunk[..<got]
    }
    return bytes
  }
}

extension EventFileReader {
  /// Whether a run's event files hold an event of a step with a value of a tag, as TensorBoard sees them: later starts take back
  /// what is before them, and what cannot be read is passed over.
  ///
  /// - Parameter paths: the files, in order.
  package static func holds(_ tag: String, step: Int, in paths: [String]) -> Bool {
    var isHeld = false
    for path in paths {
      guard var reader = try? EventFileReader(path) else { continue }
      while case .event(let bytes)? = try? reader.next() {
        let event = EventOutline(bytes)
        if event.isStart, event.step <= step { isHeld = false }
        if event.step == step, event.tags.contains(where: { $0.elementsEqual(tag.utf8) }) { isHeld = true }
      }
    }
    return isHeld
  }
}

/// What an event is about.
package struct EventOutline {
  package private(set) var step = 0
  package private(set) var isStart = false
  package private(set) var tags: [ArraySlice<UInt8>] = []

  /// Reads what can be read of an event.
  package init(_ event: [UInt8]) {
    var fields = ProtobufReader(event[...])
    while let field = fields.next() {
      switch field {
      case (2, .integer(let step)): self.step = Int(truncatingIfNeeded: step)
      case (5, .bytes(let summary)):
        for case .bytes(let value) in ProtobufReader.values(of: 1, in: summary) {
          if case .bytes(let tag)? = ProtobufReader.values(of: 1, in: value).first { tags.append(tag) }
        }
      case (7, .bytes(let session)):
        isStart = ProtobufReader.values(of: 1, in: session).contains(.integer(UInt64(EventFields.sessionStart)))
      default: break
      }
    }
  }
}
