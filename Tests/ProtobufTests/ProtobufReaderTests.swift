import Protobuf
import Testing

@Suite("Messages of Protocol Buffers, read")
struct ProtobufReaderTests {
  @Test("what was written comes back, field by field")
  func fields() {
    var writer = ProtobufWriter()
    writer.integer(1, 150)
    writer.text(2, "testing")
    writer.float(3, 1)
    writer.double(4, 1)
    writer.integer(1, -1)
    writer.message(16) { $0.integer(1, 3) }
    var reader = ProtobufReader(writer.bytes[...])
    var found: [(number: UInt64, value: ProtobufReader.Value)] = []
    while let field = reader.next() { found.append(field) }
    #expect(found.map(\.number) == [1, 2, 3, 4, 1, 16])
    #expect(
      found.map(\.value) == [
        .integer(150), .bytes(Array("testing".utf8)[...]), .fixed, .fixed, .integer(.max), .bytes([8, 3]),
      ])
    #expect(ProtobufReader.values(of: 1, in: writer.bytes[...]) == [.integer(150), .integer(.max)])
    #expect(ProtobufReader.values(of: 5, in: writer.bytes[...]).isEmpty)
  }

  @Test(
    "bytes that are no message end where they stop making sense",
    arguments: [
      // A key without a value; a length beyond the end; a length beyond any; a varint without an end; a wire type that is none.
      [0x08], [0x12, 0x05, 0x41], [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      [UInt8](repeating: 0x80, count: 20), [0x0B], [0x0D, 0, 0, 0], [0x09, 0, 0, 0, 0, 0, 0, 0],
    ] as [[UInt8]])
  func nonsense(bytes: [UInt8]) {
    var good = ProtobufWriter()
    good.integer(1, 7)
    var reader = ProtobufReader((good.bytes + bytes)[...])
    #expect(reader.next()?.value == .integer(7))
    #expect(reader.next() == nil)
  }
}
