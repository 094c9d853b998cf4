/// Writes messages of Protocol Buffers, field by field: what event files and ONNX need of the format, and only one way.
///
/// A field is its number and wire type as a varint, then its value. Numbers are little-endian; text, bytes, messages and
/// packed arrays have their length in front.
package struct ProtobufWriter: Sendable {
  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// What was written.
  package private(set) var bytes: [UInt8] = []

  /// An empty message.
  package init() {}

  /// `int32`, `int64`, `enum` and `bool`; a negative number takes ten bytes.
  package mutating func integer(_ field: Int, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// `float`.
  package mutating func float(_ field: Int, _ value: Float) {
    key(field, .fixed32)
    fixed(value.bitPattern)
  }

  /// `double`.
  package mutating func double(_ field: Int, _ value: Double) {
    key(field, .fixed64)
    fixed(value.bitPattern)
  }

  /// `repeated float`, packed; also `bytes` that hold little-endian numbers, which look the same.
  package mutating func floats(_ field: Int, _ values: [Float]) {
    key(field, .lengthDelimited)
    varint(UInt64(4 * values.count))
    bytes.reserveCapacity(bytes.count + 4 * values.count)
    for value in values { fixed(value.bitPattern) }
  }

  /// `repeated double`, packed.
  package mutating func doubles(_ field: Int, _ values: [Double]) {
    key(field, .lengthDelimited)
    varint(UInt64(8 * values.count))
    for value in values { fixed(value.bitPattern) }
  }

  /// `bytes`.
  package mutating func data(_ field: Int, _ value: [UInt8]) {
    key(field, .lengthDelimited)
    varint(UInt64(value.count))
    bytes += value
  }

  /// `string`.
  package mutating func text(_ field: Int, _ value: String) {
    key(field, .lengthDelimited)
    varint(UInt64(value.utf8.count))
    bytes += value.utf8
  }

  /// A message in the message.
  package mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
    key(field, .lengthDelimited)
    let start = bytes.count
    write(&self)
    // In one buffer, the length put in afterwards: a network's weights are in the third message in another.
    bytes.insert(contentsOf: Self.varint(UInt64(bytes.count - start)), at: start)
  }

  private mutating func key(_ field: Int, _ type: WireType) { varint(UInt64(field) << 3 | type.rawValue) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.varint(value)
    return writer.bytes
  }

  private mutating func fixed(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
