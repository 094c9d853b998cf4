/// A table for a fixed-width font: a header, a rule, rows, and rows of totals below a second rule.
public struct TextTable: Sendable, CustomStringConvertible {
  /// A column.
  public struct Column: Sendable {
    /// Title, with the unit where there is one.
    public let title: String
    /// Whether cells end at the column's right edge, as numbers do.
    public let alignsRight: Bool
    /// When it is left out of a table that is too wide: those with the smallest number first, those without one never.
    public let dropped: Int?

    /// A column of text.
    public static func text(_ title: String, dropped: Int? = nil) -> Column {
      Column(title: title, alignsRight: false, dropped: dropped)
    }

    /// A column of numbers.
    public static func number(_ title: String, dropped: Int? = nil) -> Column {
      Column(title: title, alignsRight: true, dropped: dropped)
    }
  }

  /// The least columns that a last column of text is wrapped to.
  private static let leastWrapped = 16
  /// The least columns that the texts of a first column are shortened to.
  private static let leastShortened = 12

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
  public var description: String { text() }

  /// The lines, each without blanks at its end, each ended by a line feed.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal: columns that the table can do without are left out where it is too wide, then a last column of
  ///     text is wrapped, and then the texts of the first one lose their middle. Nil for no limit.
  ///   - unicode: whether `…` can stand for what was left out.
  public func text(width: Int? = nil, unicode: Bool = true) -> String {
    var shown = Array(columns.indices)
    var fitted = widths
    func excess() -> Int { width.map { self.width(of: shown, fitted) - $0 } ?? 0 }
    while excess() > 0,
      let first = shown.filter({ columns[$0].dropped != nil }).min(by: { order($0) < order($1) })
    {
      shown.removeAll { $0 == first }
    }
    for (column, least) in [(shown.last, TextTable.leastWrapped), (shown.first, TextTable.leastShortened)] {
      guard let column, excess() > 0, !columns[column].alignsRight else { continue }
      fitted[column] = min(fitted[column], max(least, fitted[column] - excess()))
    }
    let rule = String(repeating: "-", count: self.width(of: shown, fitted)) + "\n"
    let head = lines(columns.map(\.title), shown, fitted, unicode) + rule
    let body = rows.map { lines($0, shown, fitted, unicode) }.joined()
    return head + body + (totals.isEmpty ? "" : rule + totals.map { lines($0, shown, fitted, unicode) }.joined())
  }

  /// Whether all of the table has room.
  ///
  /// - Parameter width: columns of the terminal; nil for no limit.
  package func fits(_ width: Int?) -> Bool {
    width.map { self.width(of: Array(columns.indices), widths) <= $0 } ?? true
  }

  private func width(of shown: [Int], _ widths: [Int]) -> Int {
    shown.reduce(2 * (shown.count - 1)) { $0 + widths[$1] }
  }

  private var widths: [Int] {
    columns.indices.map { column in
      ([columns.map(\.title)] + rows + totals).map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
  }

  private func order(_ column: Int) -> Int { columns[column].dropped ?? .max }

  /// A row: one line, or more where its last cell is wrapped.
  private func lines(_ cells: [String], _ shown: [Int], _ widths: [Int], _ unicode: Bool) -> String {
    guard let first = shown.first, let last = shown.last else { return "\n" }
    var cells = cells
    if first != last { cells[first] = DisplayWidth.shortened(cells[first], columns: widths[first], unicode: unicode) }
    let wrapped = columns[last].alignsRight ? [cells[last]] : WordWrap.lines(cells[last], width: widths[last])
    return wrapped.enumerated().map { number, part in
      let padded = shown.map { column in
        let cell = column == last ? part : number == 0 ? cells[column] : ""
        return columns[column].alignsRight ? cell.leftPadded(to: widths[column]) : cell.rightPadded(to: widths[column])
      }
      return padded.joined(separator: "  ").droppingTrailingBlanks + "\n"
    }.joined()
  }
}
