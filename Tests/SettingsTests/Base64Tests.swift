import Foundation
import Settings
import Testing

@Suite("Base64")
struct Base64Tests {
  @Test("is Foundation's, there and back", arguments: 0...70)
  func foundation(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ count) }
    let text = Data(bytes).base64EncodedString()
    #expect(Base64.encode(bytes) == text)
    #expect(Base64.decode(text) == bytes)
  }

  @Test(
    "has one text for each content",
    arguments: ["A", "AB", "AA=", "A===", "AB==", "AAB=", "AA==AAAA", "=AAA", "A A=", "AAA-", "AAAA\n"])
  func refused(text: String) { #expect(Base64.decode(text) == nil) }
}
