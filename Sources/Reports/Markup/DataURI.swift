/// Bytes as an address that holds them itself (RFC 2397), so that a page needs no other file.
package enum DataURI {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// `data:image/png;base64,…`.
  package static func png(_ bytes: [UInt8]) -> String { "data:image/png;base64," + base64(bytes) }

  /// The bytes in base64 (RFC 4648, section 4), padded.
  package static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
      for digit in 0..<4 {
        let hasDigit = digit <= group.count
        text.append(hasDigit ? alphabet[Int(bits >> UInt32(18 - 6 * digit) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
