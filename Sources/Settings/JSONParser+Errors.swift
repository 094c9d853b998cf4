extension JSONParser {
  /// An error at the next byte.
  func error(_ message: String) -> SettingsError { error(message, at: location) }

  /// An error elsewhere.
  func error(_ message: String, at place: TextLocation) -> SettingsError {
    SettingsError(location: place, path: "", message: message)
  }

  /// The error for a next byte that cannot stand here. What people carry over from other notations gets an answer of
  /// its own.
  func unexpected(expected: String) -> SettingsError {
    guard let next else {
      guard let (bracket, place) = open.last else { return error("the text ends; expected \(expected)") }
      let opening = Character(Unicode.Scalar(bracket))
      return error("the text ends, but the \"\(opening)\" of line \(place.line), column \(place.column) is not closed")
    }
    let rest = bytes[index...]
    if next == UInt8(ascii: "#") || rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8) {
      return error("JSON has no comments; remove it")
    }
    if next == UInt8(ascii: "'") { return error("text is written in double quotes, not in single quotes") }
    guard let (scalar, _) = scalarAhead else { return notUTF8() }
    let found = scalar.value < 0x20 || scalar.value == 0x7F ? Self.codePoint(next) : quoted(String(scalar))
    return error("expected \(expected), found \(found)")
  }

  /// The error for bytes that are not UTF-8.
  func notUTF8() -> SettingsError {
    error("byte 0x\(Self.hexadecimal(bytes[index], digits: 2)) is not UTF-8; save the file as UTF-8")
  }

  /// The scalar that begins at `index` and its length in bytes; nil where the bytes are not UTF-8.
  var scalarAhead: (scalar: Unicode.Scalar, length: Int)? {
    var decoder = UTF8()
    var rest = bytes[index...].prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return nil }
    return (scalar, UTF8.width(scalar))
  }

  /// `\u0007`.
  static func escaped(_ byte: UInt8) -> String { "\\u" + hexadecimal(byte, digits: 4) }

  private static func codePoint(_ byte: UInt8) -> String { "U+" + hexadecimal(byte, digits: 4).uppercased() }

  private static func hexadecimal(_ byte: UInt8, digits: Int) -> String {
    let text = String(byte, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

/// A text as JSON, cut to what a line of a message can hold.
func quoted(_ text: String) -> String { JSONValue.string(shortened(text)).description }

/// A text of at most 60 scalars.
func shortened(_ text: String) -> String {
  let head = text.unicodeScalars.prefix(60)
  return head.endIndex == text.endIndex ? text : String(head) + "…"
}
