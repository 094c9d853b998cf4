/// A table for a fixed-width font: a header, a rule, rows, and rows of totals below a second rule.
public struct TextTable: Sendable, CustomStringConvertible {
  /// A column.
  public struct Column: Sendable {
    /// Title, with the unit where there is one.
    public let title: String
    /// Whether cells end at the column's right edge, as numbers do.
    public let alignsRight: Bool

    /// A column of text.
    public static func text(_ title: String) -> Column { Column(title: title, alignsRight: false) }

    /// A column of numbers.
    public static func number(_ title: String) -> Column { Column(title: title, alignsRight: true) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  private var totals: [[String]] = []

  /// An empty table.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row.
  ///
  /// - Precondition: one cell a column.
  public mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row needs one cell a column")
    rows.append(cells)
  }

  /// Adds a row below the second rule.
  ///
  /// - Precondition: one cell a column.
  public mutating func appendTotal(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row needs one cell a column")
    totals.append(cells)
  }

  /// The lines, each without blanks at its end, each ended by a line feed.
  public var description: String {
    let titles = columns.map(\.title)
    let widths = columns.indices.map { column in
      ([titles] + rows + totals).map { $0[column].count }.max() ?? 0
    }
    let rule = String(repeating: "-", count: widths.reduce(2 * (columns.count - 1), +))
    var lines = [line(titles, widths), rule] + rows.map { line($0, widths) }
    if !totals.isEmpty { lines += [rule] + totals.map { line($0, widths) } }
    return lines.map { $0 + "\n" }.joined()
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = columns.indices.map { column in
      let blanks = String(repeating: " ", count: widths[column] - cells[column].count)
      return columns[column].alignsRight ? blanks + cells[column] : cells[column] + blanks
    }
    return padded.joined(separator: "  ").droppingTrailingBlanks
  }
}

/// Names and values in two aligned columns.
public struct FieldList: Sendable, CustomStringConvertible {
  private var fields: [(name: String, value: String)] = []

  /// An empty list.
  public init() {}

  /// Adds a line; none where `value` is nil.
  public mutating func append(_ name: String, _ value: String?) {
    if let value { fields.append((name, value)) }
  }

  /// The lines, each ended by a line feed.
  public var description: String {
    let width = fields.map(\.name.count).max() ?? 0
    return fields.map { name, value in
      "\(name)\(String(repeating: " ", count: width - name.count + 2))\(value)".droppingTrailingBlanks + "\n"
    }.joined()
  }
}

extension String {
  var droppingTrailingBlanks: String {
    guard let end = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...end])
  }

  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
