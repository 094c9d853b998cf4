extension JSONValue: CustomStringConvertible {
  /// The value on one line without spaces. A number that is not finite prints as null, as in JavaScript.
  public var description: String {
    var text = ""
    write(to: &text, separator: ",", colon: ":", padding: "")
    return text
  }

  /// The value as a person would write a file: two spaces for each level, small arrays and objects on a line of at most
  /// 100 columns, a line break at the end. Parsing it gives the same value.
  public var prettyPrinted: String {
    var text = ""
    writePretty(to: &text, indentation: 0, column: 0, isRoot: true)
    return text + "\n"
  }

  private static let widest = 100

  private func writePretty(to text: inout String, indentation: Int, column: Int, isRoot: Bool) {
    if !isRoot || isEmpty, heightIsAtMost(2), let line = line(room: Self.widest - column) {
      text += line
      return
    }
    let margin = String(repeating: " ", count: indentation + 2)
    switch self {
    case .array(let elements):
      text += "["
      for (position, element) in elements.enumerated() {
        text += (position == 0 ? "\n" : ",\n") + margin
        element.writePretty(to: &text, indentation: indentation + 2, column: indentation + 3, isRoot: false)
      }
      text += "\n" + margin.dropLast(2) + "]"
    case .object(let members):
      text += "{"
      for (position, member) in members.enumerated() {
        let key = Self.string(member.key).description + ": "
        text += (position == 0 ? "\n" : ",\n") + margin + key
        member.value.writePretty(
          to: &text, indentation: indentation + 2, column: indentation + 3 + key.unicodeScalars.count, isRoot: false)
      }
      text += "\n" + margin.dropLast(2) + "}"
    default:
      write(to: &text, separator: ", ", colon: ": ", padding: " ")
    }
  }

  private var isEmpty: Bool {
    switch self {
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    default: false
    }
  }

  /// Whether arrays and objects are nested at most so deep; with 2, `{ "kernel": [3, 3] }` is.
  private func heightIsAtMost(_ limit: Int) -> Bool {
    switch self {
    case .array(let elements): limit > 0 && elements.allSatisfy { $0.heightIsAtMost(limit - 1) }
    case .object(let members):
      limit > 0
        && members.allSatisfy { member in
          // An object in an object has lines of its own.
          if case .object(let inner) = member.value { return inner.isEmpty }
          return member.value.heightIsAtMost(limit - 1)
        }
    default: true
    }
  }

  /// The value on one line, or nil where it would be wider than `room`. Arrays of objects do not go on one line.
  private func line(room: Int) -> String? {
    switch self {
    case .array(let elements):
      if elements.contains(where: { if case .object = $0 { true } else { false } }) { return nil }
      if elements.count > room { return nil }
    case .object(let members):
      if members.count > room { return nil }
    default: break
    }
    var text = ""
    write(to: &text, separator: ", ", colon: ": ", padding: " ")
    return text.unicodeScalars.count <= room ? text : nil
  }

  private func write(to text: inout String, separator: String, colon: String, padding: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += Self.shortest(value)
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      text += "["
      for (position, element) in elements.enumerated() {
        if position > 0 { text += separator }
        element.write(to: &text, separator: separator, colon: colon, padding: padding)
      }
      text += "]"
    case .object(let members):
      text += members.isEmpty ? "{" : "{" + padding
      for (position, member) in members.enumerated() {
        if position > 0 { text += separator }
        Self.write(member.key, to: &text)
        text += colon
        member.value.write(to: &text, separator: separator, colon: colon, padding: padding)
      }
      text += members.isEmpty ? "}" : padding + "}"
    }
  }

  /// The shortest decimal that reads as the same number, `1e-5` rather than Swift's `1e-05`.
  private static func shortest(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let text = value.description
    guard let exponent = text.firstIndex(of: "e") else { return text }
    let digits = text[text.index(after: exponent)...]
    return text[..<exponent] + (digits.first == "-" ? "e-" : "e") + digits.drop { "+-0".contains($0) }
  }

  /// Control characters are escaped, those above ASCII too, so that a message cannot drive a terminal.
  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}": text += JSONParser.escaped(UInt8(scalar.value))
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
