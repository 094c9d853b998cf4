/// How many columns of a terminal a text takes, as `wcwidth` of the terminals counts.
///
/// Ideographs, Hangul, kana, full-width forms and emoji take two; what combines with the character before it takes none. Which do is
/// Unicode's East Asian Width (UAX #11), wide or full-width; ambiguous characters take one.
package enum DisplayWidth {
  /// Columns of a text in one line.
  package static func of(_ text: String) -> Int {
    // What most texts are made of.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// Columns of a character with all that combines with it.
  package static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    // U+FE0F asks for the emoji's picture; flags and people are one picture of several emoji.
    if scalars.contains(where: { $0 == "\u{FE0F}" || $0.properties.isEmojiPresentation }) { return 2 }
    return scalars.reduce(0) { $0 + of($1) }
  }

  /// The longest beginning of a text that fits in some columns.
  package static func prefix(_ text: String, columns: Int) -> String {
    var rest = columns
    return String(
      text.prefix { character in
        rest -= of(character)
        return rest >= 0
      })
  }

  /// A text that fits in some columns: what is too long loses its middle.
  ///
  /// - Parameter unicode: whether `…` marks the place, or two dots.
  package static func shortened(_ text: String, columns: Int, unicode: Bool = true) -> String {
    let mark = unicode ? "…" : ".."
    guard of(text) > columns else { return text }
    guard columns > 2 + mark.count else { return prefix(text, columns: columns) }
    let head = prefix(text, columns: (columns - mark.count + 1) / 2)
    var (tail, rest) = ("", columns - mark.count - of(head))
    for character in text.reversed() {
      rest -= of(character)
      if rest < 0 { break }
      tail = String(character) + tail
    }
    return head + mark + tail
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    // The vowels and final consonants of Hangul join the first consonant before them.
    if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return 0 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// Blocks of Unicode 15.1 with wide and full-width characters. Places in them without a character do not matter.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]
}

extension String {
  /// With blanks before it, so that it ends at a column.
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - DisplayWidth.of(self))) + self
  }

  /// With blanks behind it, so that it takes some columns.
  func rightPadded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - DisplayWidth.of(self)))
  }

  var droppingTrailingBlanks: String {
    guard let end = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...end])
  }
}
