/// Reads JSON (RFC 8259, strictly) and keeps where everything was written.
///
/// Nothing beyond the RFC is accepted: no comments, no trailing commas, no NaN; and duplicate keys, which the RFC
/// leaves open, are refused. Each such error says what to write instead. Time and memory are linear in the input, whose
/// size and nesting are limited.
public struct JSONParser {
  /// Largest input, in bytes: 16 MiB.
  public static let largestInput = 16 << 20
  /// Deepest nesting of arrays and objects.
  public static let deepestNesting = 64

  let bytes: [UInt8]
  let file: String
  /// The next byte to read.
  var index = 0
  /// Line of `index`, from 1.
  var line = 1
  /// First byte of that line.
  var lineStart = 0
  /// Bytes from `lineStart` to `index` that continue a scalar, and so do not count as columns.
  var continuations = 0
  /// Brackets that are open at `index`, outermost first.
  var open: [(bracket: UInt8, location: TextLocation)] = []

  /// Parses a document.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - file: its name, for messages.
  /// - Throws: `SettingsError` at the first byte that is not as it should be.
  public static func parse(_ bytes: [UInt8], file: String) throws(SettingsError) -> JSONNode {
    var parser = JSONParser(bytes: bytes, file: file)
    return try parser.document()
  }

  /// Parses a text.
  public static func parse(_ text: String, file: String) throws(SettingsError) -> JSONNode {
    try parse(Array(text.utf8), file: file)
  }

  private init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  var location: TextLocation {
    TextLocation(file: file, line: line, column: index - lineStart - continuations + 1)
  }

  private mutating func document() throws(SettingsError) -> JSONNode {
    try checkInput()
    skipSpace()
    guard next != nil else { throw error("the file is empty; expected a JSON object") }
    let root = try value()
    skipSpace()
    if next != nil { throw unexpected(expected: "nothing more") }
    return root
  }

  private func checkInput() throws(SettingsError) {
    if bytes.count > Self.largestInput {
      throw error("the file has more than \(Self.largestInput) bytes, the most that are read")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw error("the file begins with a byte order mark; save it as UTF-8 without one")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw error("the file is UTF-16; save it as UTF-8")
    }
  }

  private mutating func value() throws(SettingsError) -> JSONNode {
    let location = location
    let content: JSONNode.Content =
      switch next {
      case UInt8(ascii: "{"): .object(try members())
      case UInt8(ascii: "["): .array(try elements())
      case UInt8(ascii: "\""): .string(try string())
      case UInt8(ascii: "-"): try number()
      case let byte? where Self.isDigit(byte): try number()
      default: try word()
      }
    return JSONNode(content: content, location: location)
  }

  private mutating func elements() throws(SettingsError) -> [JSONNode] {
    try enter()
    var elements: [JSONNode] = []
    if leave(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value())
      if leave(UInt8(ascii: "]")) { return elements }
      try comma(orClosing: "]")
    }
  }

  private mutating func members() throws(SettingsError) -> [JSONNode.Member] {
    try enter()
    var members: [JSONNode.Member] = []
    var places: [String: Int] = [:]
    if leave(UInt8(ascii: "}")) { return members }
    while true {
      let place = location
      let key = try key()
      if let first = places.updateValue(members.count, forKey: key), let earlier = members[first].location {
        throw error(
          "duplicate key \(quoted(key)); it is already at line \(earlier.line), column \(earlier.column)", at: place)
      }
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw unexpected(expected: "\":\" after the key \(quoted(key))") }
      index += 1
      skipSpace()
      members.append(.init(key: key, location: place, value: try value()))
      if leave(UInt8(ascii: "}")) { return members }
      try comma(orClosing: "}")
    }
  }

  private mutating func key() throws(SettingsError) -> String {
    if next == UInt8(ascii: "\"") { return try string() }
    let name = wordAhead
    guard name.isEmpty else { throw error("keys are written in double quotes: \(quoted(name))") }
    throw unexpected(expected: "a key in double quotes")
  }

  /// Steps over an opening bracket and the space behind it.
  private mutating func enter() throws(SettingsError) {
    guard open.count < Self.deepestNesting else {
      throw error("more than \(Self.deepestNesting) levels of nesting")
    }
    open.append((bytes[index], location))
    index += 1
    skipSpace()
  }

  /// Steps over space and the closing bracket, if that is next.
  private mutating func leave(_ closing: UInt8) -> Bool {
    skipSpace()
    guard next == closing else { return false }
    index += 1
    open.removeLast()
    return true
  }

  private mutating func comma(orClosing closing: Unicode.Scalar) throws(SettingsError) {
    let place = location
    guard next == UInt8(ascii: ",") else { throw unexpected(expected: "\",\" or \"\(closing)\"") }
    index += 1
    skipSpace()
    if next == UInt8(ascii: closing) { throw error("nothing follows this comma; remove it", at: place) }
  }

  private mutating func skipSpace() {
    while let byte = next {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        index += 1
      case UInt8(ascii: "\n"):
        index += 1
        line += 1
        lineStart = index
        continuations = 0
      default:
        return
      }
    }
  }
}
