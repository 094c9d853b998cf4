/// Names and values in two aligned columns.
public struct FieldList: Sendable, CustomStringConvertible {
  private var fields: [(name: String, value: String, wraps: Bool)] = []

  /// An empty list.
  public init() {}

  /// Adds a line; none where `value` is nil. An empty name goes on with the field above.
  ///
  /// - Parameter wraps: whether a value that is too long goes on in the next line. Not what is to be copied: paths and commands.
  public mutating func append(_ name: String, _ value: String?, wraps: Bool = true) {
    if let value { fields.append((name, value, wraps)) }
  }

  /// The lines, each ended by a line feed.
  public var description: String { text() }

  /// The lines, each ended by a line feed.
  ///
  /// - Parameter width: columns of the terminal: longer values go on in the next line, below their beginning. Nil for no limit.
  public func text(width: Int? = nil) -> String {
    let indent = valueColumn
    return fields.map { name, value, wraps in
      let lines = !wraps ? [value] : width.map { WordWrap.lines(value, width: max(1, $0 - indent)) } ?? [value]
      return lines.enumerated().map { number, line in
        ((number == 0 ? name : "").rightPadded(to: indent) + line).droppingTrailingBlanks + "\n"
      }.joined()
    }.joined()
  }

  /// The column that values begin at, from 0.
  var valueColumn: Int { (fields.map { DisplayWidth.of($0.name) }.max() ?? 0) + 2 }
}
