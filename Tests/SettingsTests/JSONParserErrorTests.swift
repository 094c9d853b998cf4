import Settings
import Testing

/// What is no JSON is refused with its place and what to write instead.
@Suite struct JSONParserErrorTests {
  static let refused: [(text: String, message: String)] = [
    // Nothing, or too much.
    ("", "f:1:1: the file is empty; expected a JSON object"),
    (" \n\t", "f:2:2: the file is empty; expected a JSON object"),
    ("{} x", "f:1:4: expected nothing more, found \"x\""),
    ("1 2", "f:1:3: expected nothing more, found \"2\""),
    ("{}}", "f:1:3: expected nothing more, found \"}\""),
    // Arrays and objects.
    ("[1, 2", "f:1:6: the text ends, but the \"[\" of line 1, column 1 is not closed"),
    ("{\n  \"a\": [1,", "f:2:11: the text ends, but the \"[\" of line 2, column 8 is not closed"),
    ("{\"a\"", "f:1:5: the text ends, but the \"{\" of line 1, column 1 is not closed"),
    ("{\"a\":", "f:1:6: the text ends, but the \"{\" of line 1, column 1 is not closed"),
    ("[1, 2,]", "f:1:6: nothing follows this comma; remove it"),
    ("{\n  \"a\": 1,\n}", "f:2:9: nothing follows this comma; remove it"),
    ("[,]", "f:1:2: expected a value, found \",\""),
    ("[1 2]", "f:1:4: expected \",\" or \"]\", found \"2\""),
    ("[1}", "f:1:3: expected \",\" or \"]\", found \"}\""),
    ("{\"a\": 1 \"b\": 2}", "f:1:9: expected \",\" or \"}\", found \"\\\"\""),
    ("{\"a\" 1}", "f:1:6: expected \":\" after the key \"a\", found \"1\""),
    ("{\"a\": }", "f:1:7: expected a value, found \"}\""),
    ("{1: 2}", "f:1:2: expected a key in double quotes, found \"1\""),
    ("{epochs: 2}", "f:1:2: keys are written in double quotes: \"epochs\""),
    ("{,}", "f:1:2: expected a key in double quotes, found \",\""),
    ("{\"a\": 1,\n \"b\": 2, \"a\": 3}", "f:2:10: duplicate key \"a\"; it is already at line 1, column 2"),
    ("[{\"\\u0061\": 1, \"a\": 3}]", "f:1:16: duplicate key \"a\"; it is already at line 1, column 3"),
    // What other notations allow.
    ("{} // done", "f:1:4: JSON has no comments; remove it"),
    ("{\n/* seed */ \"a\": 1}", "f:2:1: JSON has no comments; remove it"),
    ("# seed\n{}", "f:1:1: JSON has no comments; remove it"),
    ("['a']", "f:1:2: text is written in double quotes, not in single quotes"),
    ("{'a': 1}", "f:1:2: text is written in double quotes, not in single quotes"),
    ("[NaN]", "f:1:2: NaN is not a JSON number; numbers are finite"),
    ("[Infinity]", "f:1:2: Infinity is not a JSON number; numbers are finite"),
    ("[-Infinity]", "f:1:2: -Infinity is not a JSON number; numbers are finite"),
    ("[-inf]", "f:1:3: expected a digit after \"-\", found \"i\""),
    ("[True]", "f:1:2: True is written true"),
    ("[None]", "f:1:2: None is written null"),
    ("[undefined]", "f:1:2: undefined is written null"),
    ("[relu]", "f:1:2: text is written in double quotes: \"relu\""),
    ("[truex]", "f:1:2: text is written in double quotes: \"truex\""),
    ("[+1]", "f:1:2: a number has no leading \"+\""),
    ("[.5]", "f:1:2: a number begins with a digit: write 0.5, not .5"),
    ("[01]", "f:1:2: a number has no leading zeros"),
    ("[-007]", "f:1:2: a number has no leading zeros"),
    ("[0x10]", "f:1:2: a number is written in decimal, not in hexadecimal"),
    ("[1_000]", "f:1:3: expected \",\" or \"]\", found \"_\""),
    // Numbers.
    ("[1.]", "f:1:4: expected a digit after the decimal point, found \"]\""),
    ("[1e]", "f:1:4: expected a digit after \"e\", found \"]\""),
    ("[1e+]", "f:1:5: expected a digit after \"e\", found \"]\""),
    ("[-]", "f:1:3: expected a digit after \"-\", found \"]\""),
    ("-", "f:1:2: the text ends; expected a digit after \"-\""),
    ("[1e999]", "f:1:2: 1e999 is out of the range of numbers, ±1.8e308"),
    ("[-1e400]", "f:1:2: -1e400 is out of the range of numbers, ±1.8e308"),
    // Strings.
    ("\"abc", "f:1:1: the string that begins here does not end"),
    ("\"abc\\", "f:1:6: the text ends; expected the rest of an escape"),
    (
      "[\"a\nb\"]",
      "f:1:2: the string that begins here does not end on its line; write a line break as \\n"
    ),
    ("[\"a\tb\"]", "f:1:4: a tab in a string is written \\t"),
    ("[\"a\u{1}b\"]", "f:1:4: a control character in a string is written \\u0001"),
    ("[\"a\u{0}b\"]", "f:1:4: a control character in a string is written \\u0000"),
    ("[\"\\x\"]", "f:1:3: unknown escape; a backslash is written \\\\"),
    ("[\"C:\\data\"]", "f:1:5: unknown escape; a backslash is written \\\\"),
    ("[\"\\u12\"]", "f:1:3: \\u is followed by four hexadecimal digits"),
    ("[\"\\u+123\"]", "f:1:3: \\u is followed by four hexadecimal digits"),
    (
      "[\"\\ud800\"]",
      "f:1:3: half of a surrogate pair; such an escape needs its other half, as in \\ud83d\\ude00"
    ),
    (
      "[\"\\udc00\\ud800\"]",
      "f:1:3: half of a surrogate pair; such an escape needs its other half, as in \\ud83d\\ude00"
    ),
    (
      "[\"\\ud83d\\u0041\"]",
      "f:1:3: half of a surrogate pair; such an escape needs its other half, as in \\ud83d\\ude00"
    ),
    // Characters that belong nowhere.
    ("[é]", "f:1:2: expected a value, found \"é\""),
    ("[\u{A0}1]", "f:1:2: expected a value, found \"\u{A0}\""),
    ("[\u{7}]", "f:1:2: expected a value, found U+0007"),
    ("[“a”]", "f:1:2: expected a value, found \"“\""),
  ]

  @Test(arguments: refused)
  func isRefused(text: String, message: String) {
    #expect(problem(Array(text.utf8)) == message)
  }

  static let refusedBytes: [(bytes: [UInt8], message: String)] = [
    (
      [0xEF, 0xBB, 0xBF] + Array("{}".utf8),
      "f:1:1: the file begins with a byte order mark; save it as UTF-8 without one"
    ),
    ([0xFF, 0xFE, 0x7B, 0], "f:1:1: the file is UTF-16; save it as UTF-8"),
    ([0xFE, 0xFF, 0, 0x7B], "f:1:1: the file is UTF-16; save it as UTF-8"),
    // Latin-1.
    (Array("[\"caf".utf8) + [0xE9] + Array("\"]".utf8), "f:1:6: byte 0xe9 is not UTF-8; save the file as UTF-8"),
    // Overlong slash, surrogate in UTF-8, beyond U+10FFFF, cut short.
    (Array("[\"".utf8) + [0xC0, 0xAF] + Array("\"]".utf8), "f:1:3: byte 0xc0 is not UTF-8; save the file as UTF-8"),
    (
      Array("[\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"]".utf8),
      "f:1:3: byte 0xed is not UTF-8; save the file as UTF-8"
    ),
    (
      Array("[\"é".utf8) + [0xF4, 0x90, 0x80, 0x80] + Array("\"]".utf8),
      "f:1:4: byte 0xf4 is not UTF-8; save the file as UTF-8"
    ),
    (Array("[\"".utf8) + [0xE2, 0x82], "f:1:3: byte 0xe2 is not UTF-8; save the file as UTF-8"),
    ([0x5B, 0x80, 0x5D], "f:1:2: byte 0x80 is not UTF-8; save the file as UTF-8"),
    ([0], "f:1:1: expected a value, found U+0000"),
  ]

  @Test(arguments: refusedBytes)
  func isRefused(bytes: [UInt8], message: String) {
    #expect(problem(bytes) == message)
  }

  @Test func nestingIsLimited() {
    func nested(_ depth: Int) -> [UInt8] { Array((Array(repeating: "[", count: depth).joined()).utf8) }
    let closed = nested(64) + [UInt8](repeating: UInt8(ascii: "]"), count: 64)
    #expect(problem(closed) == nil)
    #expect(problem(nested(65)) == "f:1:65: more than 64 levels of nesting")
    // However deep it goes on, the answer comes at once and the stack holds.
    #expect(problem(nested(1_000_000)) == "f:1:65: more than 64 levels of nesting")
  }

  @Test func sizeIsLimited() {
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: JSONParser.largestInput + 1)
    #expect(problem(spaces) == "f:1:1: the file has more than 16777216 bytes, the most that are read")
  }

  @Test func longNamesAreCutInMessages() {
    let long = String(repeating: "k", count: 1_000)
    let cut = String(repeating: "k", count: 60) + "…"
    #expect(problem(Array("[\(long)]".utf8)) == "f:1:2: text is written in double quotes: \"\(cut)\"")
    #expect(
      problem(Array("[1\(String(repeating: "0", count: 400))]".utf8))
        == "f:1:2: 1\(String(repeating: "0", count: 59))… is out of the range of numbers, ±1.8e308")
  }

  private func problem(_ bytes: [UInt8]) -> String? {
    do throws(SettingsError) {
      _ = try JSONParser.parse(bytes, file: "f")
      return nil
    } catch {
      return error.description
    }
  }
}
