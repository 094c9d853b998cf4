/// What a piece of text on a terminal is set in: few styles, each with one meaning, and none that a reader without colours would miss.
package enum Style: String, Sendable {
  /// Labels and what is seldom read: dimmed.
  case quiet = "2"
  /// What went well: green.
  case good = "32"
  /// What should be looked at: yellow.
  case warning = "33"
  /// What cannot be right: red.
  case bad = "31"
}

/// Text on a terminal, in pieces that each have one style.
package struct StyledText: Sendable, Equatable, ExpressibleByStringInterpolation {
  private var pieces: [Piece] = []

  private struct Piece: Sendable, Equatable {
    var text: String
    var style: Style?
  }

  /// Text of one style; nil for the terminal's own.
  package init(_ text: String, _ style: Style? = nil) { pieces = [Piece(text: text, style: style)] }

  /// Text without a style.
  package init(stringLiteral text: String) { self.init(text) }

  /// Columns that it takes.
  package var width: Int { pieces.reduce(0) { $0 + DisplayWidth.of($1.text) } }

  /// The text, with the terminal's sequences for the styles where colours are wanted.
  package func rendered(color: Bool) -> String {
    pieces.map { piece in
      guard color, let style = piece.style, !piece.text.isEmpty else { return piece.text }
      return "\u{1B}[\(style.rawValue)m\(piece.text)\u{1B}[0m"
    }.joined()
  }

  /// The beginning that fits in some columns.
  package func prefix(columns: Int) -> StyledText {
    var (result, rest) = (StyledText(""), columns)
    for piece in pieces where rest > 0 {
      let text = DisplayWidth.prefix(piece.text, columns: rest)
      rest -= DisplayWidth.of(piece.text)
      result.pieces.append(Piece(text: text, style: piece.style))
    }
    return result
  }

  /// One text behind the other.
  package static func + (left: StyledText, right: StyledText) -> StyledText {
    var result = left
    result.pieces += right.pieces
    return result
  }
}

extension [StyledText] {
  /// The texts with something between them.
  package func joined(separator: String) -> StyledText {
    var result = StyledText("")
    for (index, text) in enumerated() { result = result + (index > 0 ? StyledText(separator) + text : text) }
    return result
  }
}
