/// A piece of HTML or SVG.
///
/// A literal is markup as it stands; a text that is put in with `\(…)` is escaped, whoever wrote it, unless it is `Markup` itself. So
/// nothing that a file or a command line says can become a tag.
package struct Markup: Sendable, Equatable {
  /// The characters of the document.
  package private(set) var text: String

  /// Nothing.
  package static let none: Markup = ""

  private init(trusted text: String) { self.text = text }

  /// A piece behind another one.
  package static func + (left: Markup, right: Markup) -> Markup { Markup(trusted: left.text + right.text) }

  /// Adds a piece at the end.
  package static func += (left: inout Markup, right: Markup) { left.text += right.text }

  /// A text with the characters that mean something in HTML and SVG written as references, also within quotes. Characters that XML does
  /// not allow become U+FFFD.
  package static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      // Letters that turn the direction of what stands around them could show a path as another one.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Markup: ExpressibleByStringInterpolation {
  /// Markup as it stands in the source.
  package init(stringLiteral text: String) { self.init(trusted: text) }

  /// Markup with values put in.
  package init(stringInterpolation interpolation: StringInterpolation) { self.init(trusted: interpolation.text) }

  /// Collects the parts of a literal.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { text += literal }
    /// A text, escaped.
    package mutating func appendInterpolation(_ value: String) { text += Markup.escaped(value) }
    /// A whole number.
    package mutating func appendInterpolation(_ value: Int) { text += String(value) }
    /// A piece of markup; nothing where there is none.
    package mutating func appendInterpolation(_ value: Markup?) { text += value?.text ?? "" }
    /// Pieces one behind the other.
    package mutating func appendInterpolation(_ values: [Markup]) { for value in values { text += value.text } }
    /// A length in a drawing.
    package mutating func appendInterpolation(at value: Double) { text += Markup.length(value) }
  }

  /// A coordinate or length with at most two decimals: `12`, `3.25`. What is not finite, which no drawing should ask for, is 0.
  package static func length(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    var text = NumberText.fixed(value, decimals: 2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}
