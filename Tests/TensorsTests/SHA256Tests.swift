import Tensors
import Testing

/// Digests are those of the standard, however the message is cut.
struct SHA256Tests {
  static func hexadecimal(_ message: [UInt8]) -> String {
    message.withUnsafeBytes { SHA256.hexadecimal(SHA256.digest(of: $0)) }
  }

  /// The examples of FIPS 180-4 (NIST, "SHA-256 examples"), and the empty message.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownAnswers(message: String, digest: String) {
    #expect(Self.hexadecimal(Array(message.utf8)) == digest)
  }

  @Test func aMillionLetters() {
    #expect(
      Self.hexadecimal([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func piecesAddUp() {
    let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    let storage = Storage(message)
    defer { withExtendedLifetime(storage) {} }
    var hash = SHA256()
    hash.update(storage.view[0..<1])
    hash.update(storage.view[1..<700])
    hash.update(storage.view[700..<700])
    hash.update(storage.view[700..<1000])
    #expect(SHA256.hexadecimal(hash.finish()) == Self.hexadecimal(message))
  }

  @Test func typedUpdates() {
    let one = Storage<Float>([1])
    defer { withExtendedLifetime(one) {} }
    var hash = SHA256()
    hash.update(-2)
    hash.update("né")
    hash.update(one.view)
    let message: [UInt8] =
      [0xFE, 255, 255, 255, 255, 255, 255, 255] + [3, 0, 0, 0, 0, 0, 0, 0] + [0x6E, 0xC3, 0xA9] + [0, 0, 0x80, 0x3F]
    #expect(SHA256.hexadecimal(hash.finish()) == Self.hexadecimal(message))
  }
}
