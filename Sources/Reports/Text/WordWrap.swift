/// Text in lines of a limited width.
package enum WordWrap {
  /// The lines, broken between words, but not between a number and its unit; a word that is longer than a line keeps a line of its own,
  /// so that a path can still be copied.
  package static func lines(_ text: String, width: Int) -> [String] {
    guard DisplayWidth.of(text) > width else { return [text] }
    var lines = [""]
    for word in words(text) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = word
      } else if DisplayWidth.of(last) + 1 + DisplayWidth.of(word) <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines[lines.count - 1] = last.droppingTrailingBlanks
        lines.append(word)
      }
    }
    return lines
  }

  /// What is not to be broken. Of two blanks side by side, the second is an empty word.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
      let unit = word.hasSuffix(",") ? String(word.dropLast()) : word
      if ["%", "s"].contains(unit), let number = words.popLast() {
        words.append("\(number) \(word)")
      } else {
        words.append(word)
      }
    }
    return words
  }
}
