import Protobuf
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

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
