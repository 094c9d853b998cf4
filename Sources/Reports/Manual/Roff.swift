/// Text in the language of `man`: roff with the macros of mdoc(7).
enum Roff {
  /// Text of a paragraph: each sentence begins a line, as mdoc wants it. What stands in single quotes is set in bold, as what is typed.
  static func prose(_ text: String) -> String { sentences(text).map { lines(styled($0)) }.joined() }

  private static func styled(_ text: String) -> String {
    let characters = Array(text)
    var (result, place) = ("", 0)
    while place < characters.count {
      if let end = endOfQuote(characters, from: place) {
        result += "\\fB\(escaped(String(characters[place + 1..<end])))\\fP"
        place = end + 1
      } else {
        result += escaped(String(characters[place]))
        place += 1
      }
    }
    return result
  }

  /// The place of the quote that ends the one at `start`; nil where that is none, or an apostrophe.
  private static func endOfQuote(_ characters: [Character], from start: Int) -> Int? {
    guard characters[start] == "'", start == 0 || " (".contains(characters[start - 1]) else { return nil }
    return characters.indices.dropFirst(start + 2).first { place in
      characters[place] == "'" && (place + 1 == characters.count || !characters[place + 1].isLetter)
    }
  }

  /// Lines of at most 80 characters, as readers of the source expect.
  private static func lines(_ text: String) -> String { WordWrap.lines(text, width: 78).map(line).joined() }

  /// Lines of a shell, as they are typed.
  static func literal(_ lines: [String]) -> String {
    ".Bd -literal -offset indent\n" + lines.map { line(escaped($0)) }.joined() + ".Ed\n"
  }

  /// A word on the line of a macro, where some words are macros themselves.
  static func argument(_ word: String) -> String {
    let isMacro = word.count == 2 && word.first?.isUppercase == true
    let isPunctuation = word.allSatisfy { ".,:;()[]?!|".contains($0) }
    return (isMacro || isPunctuation ? "\\&" : "") + escaped(word)
  }

  /// Characters that mean something to roff, and those beyond ASCII, by their names.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\e"
      case "-": "\\-"
      case "'": "\\(aq"
      case "`": "\\(ga"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case "\"": "\\(dq"
      case _ where scalar.isASCII: String(scalar)
      default: "\\[u\(hexadecimal(scalar.value))]"
      }
    }.joined()
  }

  /// A line of text; one that begins as a request does is marked as none.
  private static func line(_ text: String) -> String {
    (text.hasPrefix(".") || text.hasPrefix("'") || text.hasPrefix(" ") ? "\\&" : "") + text + "\n"
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func sentences(_ text: String) -> [String] {
    var sentences = [""]
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let last = sentences[sentences.count - 1]
      sentences[sentences.count - 1] = last.isEmpty ? String(word) : "\(last) \(word)"
      if word.hasSuffix(".") { sentences.append("") }
    }
    return sentences.filter { !$0.isEmpty }
  }
}
