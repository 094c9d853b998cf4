import Reports

/// The help as the library lays it out, but for the commands that it gives as examples: they are for copying, and stay in one line each.
enum HelpText {
  /// The library needs room for its column of options, and takes 80 columns where there is no terminal.
  private static let (leastWidth, standardWidth) = (50, 80)
  /// What stands before and behind the text of a command.
  private static let (head, end) = ("OVERVIEW: ", "\n\nUSAGE: ")

  /// A message, with the help or without.
  ///
  /// - Parameter render: lays it out in so many columns.
  static func text(_ render: (_ columns: Int) -> String) -> String {
    let width = max(Terminal.outputWidth ?? standardWidth, leastWidth)
    let text = render(width)
    guard text.hasPrefix(head), let usage = text.range(of: end) else { return text }
    let unbroken = render(100_000)
    guard let place = unbroken.range(of: end) else { return text }
    let lines = unbroken[..<place.lowerBound].split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      line.hasPrefix("  ") ? [String(line)] : WordWrap.lines(String(line), width: width)
    }
    return lines.joined(separator: "\n") + text[usage.lowerBound...]
  }
}
