/// Walks over the fields of a message of Protocol Buffers whose bytes may be anything.
///
/// Only as much of the format as it takes to find out what a message holds.
package struct ProtobufReader {
  /// A field's value, as far as the wire tells it.
  package enum Value: Equatable {
    /// A number of variable length.
    case integer(UInt64)
    /// Of four or eight bytes, which nobody asked for so far.
    case fixed
    /// A text, bytes, a message or a packed array.
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  /// Begins at the first field of a message.
  package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field; nil at the end, and where the rest is no message.
  package mutating func next() -> (number: UInt64, value: Value)? {
    guard let key = varint() else { return nil }
    switch key & 7 {
    case 0: return varint().map { (key >> 3, .integer($0)) }
    case 1: return take(8).map { _ in (key >> 3, .fixed) }
    case 2: return varint().flatMap { Int(exactly: $0) }.flatMap { take($0) }.map { (key >> 3, .bytes($0)) }
    case 5: return take(4).map { _ in (key >> 3, .fixed) }
    default: return nil
    }
  }

  /// The values of one field, in order.
  package static func values(of field: UInt64, in bytes: ArraySlice<UInt8>) -> [Value] {
    var reader = ProtobufReader(bytes)
    var values: [Value] = []
    while let (number, value) = reader.next() {
      if number == field { values.append(value) }
    }
    return values
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= shift < 64 ? UInt64(byte & 0x7F) << UInt64(shift) : 0
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
