import Reports
import Testing

@Suite("Event records")
struct EventRecordTests {
  /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  @Test(
    "CRC-32C of published vectors",
    arguments: [
      (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), ([UInt8](0..<32), 0x46DD_794E),
      ((0..<32).reversed(), 0x113F_DB5C), ([], 0),
    ] as [([UInt8], UInt32)])
  func checksum(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
  }

  @Test("the checksum as TFRecord stores it")
  func masked() {
    #expect(CRC32C.masked(Array("123456789".utf8)) == 0xC78A_B0E5)
  }

  /// What TensorFlow writes for an event of a file version alone.
  @Test("a record is length, checksum, message, checksum")
  func framing() {
    var message = ProtobufWriter()
    message.text(3, "brain.Event:2")
    #expect(
      hexadecimal(Event.framed(message.bytes)) == "0f000000000000006d532b091a0d627261696e2e4576656e743a32fc985129")
  }

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
    #expect(bytes { $0.doubles(6, [1, 2]) } == "3210000000000000f03f0000000000000040")
    #expect(bytes { $0.data(16, [7]) } == "82010107")
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
