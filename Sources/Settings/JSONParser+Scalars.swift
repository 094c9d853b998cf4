extension JSONParser {
  // MARK: Words

  /// `true`, `false` or `null`; what else may stand where a value is expected is diagnosed here.
  mutating func word() throws(SettingsError) -> JSONNode.Content {
    let word = wordAhead
    let content: JSONNode.Content
    switch word {
    case "true": content = .bool(true)
    case "false": content = .bool(false)
    case "null": content = .null
    case "": throw notAValue()
    default: throw error(hint(forWord: word))
    }
    index += word.utf8.count
    return content
  }

  /// The run of ASCII letters, digits and `_`, `$` that begins here, unless with a digit.
  var wordAhead: String {
    var end = index
    while end < bytes.count, Self.isWordByte(bytes[end]), end > index || !Self.isDigit(bytes[end]) { end += 1 }
    return String(decoding: bytes[index..<end], as: UTF8.self)
  }

  private func hint(forWord word: String) -> String {
    switch word.lowercased() {
    case "true", "false", "null": "\(word) is written \(word.lowercased())"
    case "none", "nil", "undefined": "\(word) is written null"
    case "nan", "inf", "infinity": "\(word) is not a JSON number; numbers are finite"
    default: "text is written in double quotes: \(quoted(word))"
    }
  }

  private func notAValue() -> SettingsError {
    switch next {
    case UInt8(ascii: "+"): error("a number has no leading \"+\"")
    case UInt8(ascii: "."): error("a number begins with a digit: write 0.5, not .5")
    default: unexpected(expected: "a value")
    }
  }

  // MARK: Numbers

  /// A number; an integer where it is written as one and fits.
  mutating func number() throws(SettingsError) -> JSONNode.Content {
    let (start, place) = (index, location)
    var isInteger = true
    if next == UInt8(ascii: "-") {
      index += 1
      if next == UInt8(ascii: "I") { throw error("-\(wordAhead) is not a JSON number; numbers are finite", at: place) }
    }
    if next == UInt8(ascii: "0") {
      index += 1
      if let next, Self.isDigit(next) { throw error("a number has no leading zeros", at: place) }
      if next == UInt8(ascii: "x") || next == UInt8(ascii: "X") {
        throw error("a number is written in decimal, not in hexadecimal", at: place)
      }
    } else {
      try digits(after: "\"-\"")
    }
    if next == UInt8(ascii: ".") {
      isInteger = false
      index += 1
      try digits(after: "the decimal point")
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      index += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
      try digits(after: "\"e\"")
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw error("\(shortened(text)) is out of the range of numbers, ±1.8e308", at: place)
    }
    return .number(value)
  }

  private mutating func digits(after what: String) throws(SettingsError) {
    let start = index
    while let next, Self.isDigit(next) { index += 1 }
    if index == start { throw unexpected(expected: "a digit after \(what)") }
  }

  // MARK: Strings

  mutating func string() throws(SettingsError) -> String {
    let start = location
    index += 1
    var units: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"):
        units.append(contentsOf: String(try escape()).utf8)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        throw error("the string that begins here does not end on its line; write a line break as \\n", at: start)
      case UInt8(ascii: "\t"):
        throw error("a tab in a string is written \\t")
      case 0..<0x20:
        throw error("a control character in a string is written \(Self.escaped(byte))")
      case 0x80...:
        guard let (_, length) = scalarAhead else { throw notUTF8() }
        units.append(contentsOf: bytes[index..<index + length])
        index += length
        continuations += length - 1
      default:
        units.append(byte)
        index += 1
      }
    }
    throw error("the string that begins here does not end", at: start)
  }

  private mutating func escape() throws(SettingsError) -> Unicode.Scalar {
    let place = location
    index += 1
    guard let byte = next else { throw unexpected(expected: "the rest of an escape") }
    let scalar: Unicode.Scalar
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = Unicode.Scalar(byte)
    case UInt8(ascii: "b"): scalar = "\u{08}"
    case UInt8(ascii: "f"): scalar = "\u{0C}"
    case UInt8(ascii: "n"): scalar = "\n"
    case UInt8(ascii: "r"): scalar = "\r"
    case UInt8(ascii: "t"): scalar = "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(at: place)
    default: throw error("unknown escape; a backslash is written \\\\", at: place)
    }
    index += 1
    return scalar
  }

  /// `XXXX` of `\uXXXX`, and a second escape where the first is half of a surrogate pair.
  private mutating func unicodeEscape(at place: TextLocation) throws(SettingsError) -> Unicode.Scalar {
    let first = try hexadecimal(at: place)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
      throw error("half of a surrogate pair; such an escape needs its other half, as in \\ud83d\\ude00", at: place)
    }
    index += 1
    let second = try hexadecimal(at: place)
    guard 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else {
      throw error("half of a surrogate pair; such an escape needs its other half, as in \\ud83d\\ude00", at: place)
    }
    return scalar
  }

  private mutating func hexadecimal(at place: TextLocation) throws(SettingsError) -> UInt16 {
    let digits = bytes[(index + 1)...].prefix(4)
    guard digits.count == 4, digits.allSatisfy(Self.isHexadecimal),
      let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("\\u is followed by four hexadecimal digits", at: place) }
    index += 5
    return value
  }

  static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
  }
}
