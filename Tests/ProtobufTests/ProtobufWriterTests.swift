import Protobuf
import Testing

@Suite("Messages of Protocol Buffers, written")
struct ProtobufWriterTests {
  /// The examples of https://protobuf.dev/programming-guides/encoding/, and numbers at the edges.
  @Test("fields as Protocol Buffers write them")
  func fields() {
    func bytes(_ write: (inout ProtobufWriter) -> Void) -> String {
      var writer = ProtobufWriter()
      write(&writer)
      return hexadecimal(writer.bytes)
    }
    #expect(bytes { $0.integer(1, 150) } == "089601")
    #expect(bytes { $0.text(2, "testing") } == "120774657374696e67")
    #expect(bytes { $0.message(3) { $0.integer(1, 150) } } == "1a03089601")
    #expect(bytes { $0.integer(2, -1) } == "10ffffffffffffffffff01")
    #expect(bytes { $0.integer(2, 127) } == "107f")
    #expect(bytes { $0.integer(2, 128) } == "108001")
    #expect(bytes { $0.integer(2, .max) } == "10ffffffffffffffff7f")
    #expect(bytes { $0.float(2, 1) } == "150000803f")
    #expect(bytes { $0.double(1, -2) } == "0900000000000000c0")
    #expect(bytes { $0.floats(9, [1, -0.5]) } == "4a080000803f000000bf")
    #expect(bytes { $0.floats(9, []) } == "4a00")
    #expect(bytes { $0.doubles(6, [1, 2]) } == "3210000000000000f03f0000000000000040")
    #expect(bytes { $0.data(16, [7]) } == "82010107")
  }

  /// A length of two bytes goes in front of what was written before it.
  @Test("messages in messages, empty and long", arguments: [0, 1, 127, 128, 16_384])
  func nesting(length: Int) {
    let text = [UInt8](repeating: 7, count: length)
    var nested = ProtobufWriter()
    nested.integer(1, 5)
    nested.message(2) { outer in
      outer.text(1, "before")
      outer.message(3) { inner in
        inner.data(4, text)
        inner.message(5) { _ in }
      }
      outer.text(6, "after")
    }
    nested.integer(7, 9)

    // The same from the inside out.
    var (inner, outer, expected) = (ProtobufWriter(), ProtobufWriter(), ProtobufWriter())
    inner.data(4, text)
    inner.data(5, [])
    outer.text(1, "before")
    outer.data(3, inner.bytes)
    outer.text(6, "after")
    expected.integer(1, 5)
    expected.data(2, outer.bytes)
    expected.integer(7, 9)
    #expect(nested.bytes == expected.bytes)
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
