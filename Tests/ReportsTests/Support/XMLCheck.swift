import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Whether a text is well-formed XML, as Foundation's parser (libxml2) sees it.
enum XMLCheck {
  /// An element that was met.
  struct Element {
    var name: String
    var attributes: [String: String]
    /// The text in it, without that of its children.
    var text = ""
  }

  /// All elements, in the order in which they end.
  @discardableResult
  static func parse(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [Element] {
    let collector = Collector()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = collector
    let isWellFormed = parser.parse()
    #expect(
      isWellFormed, "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "")",
      sourceLocation: sourceLocation)
    return collector.elements
  }

  private final class Collector: NSObject, XMLParserDelegate {
    var elements: [Element] = []
    private var open: [Element] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      open.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      if !open.isEmpty { open[open.count - 1].text += string }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      elements.append(open.removeLast())
    }
  }
}
