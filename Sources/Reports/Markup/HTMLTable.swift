/// A table of a page: caption, a header row, and a header cell before each row.
package struct HTMLTable: Sendable {
  /// A column's title, and whether it holds numbers, which end at its right edge.
  package struct Column: Sendable {
    package var title: String
    package var isNumber: Bool

    /// A column of text.
    package static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
    /// A column of numbers.
    package static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
  }

  /// What the table shows.
  package var caption: String
  /// The columns; cells of the first one name their rows.
  package var columns: [Column]
  private var rows: [(cells: [Markup], isTotal: Bool)] = []

  /// An empty table.
  package init(_ caption: String, _ columns: [Column]) {
    self.caption = caption
    self.columns = columns
  }

  /// Adds a row of texts, which are escaped.
  ///
  /// - Precondition: one cell a column.
  package mutating func append(_ cells: [String], isTotal: Bool = false) {
    append(markup: cells.map { "\($0)" }, isTotal: isTotal)
  }

  /// Adds a row.
  ///
  /// - Precondition: one cell a column.
  package mutating func append(markup cells: [Markup], isTotal: Bool = false) {
    precondition(cells.count == columns.count, "a row needs one cell a column")
    rows.append((cells, isTotal))
  }

  /// The table, in a frame of its own that scrolls, also by keyboard, where it is wider than the page.
  package var html: Markup {
    let titles = columns.map { column -> Markup in "<th scope=\"col\"\(alignment(column))>\(column.title)</th>" }
    let lines = rows.map { row -> Markup in
      let cells = zip(columns, row.cells).enumerated().map { index, cell -> Markup in
        index == 0
          ? "<th scope=\"row\"\(alignment(cell.0))>\(cell.1)</th>" : "<td\(alignment(cell.0))>\(cell.1)</td>"
      }
      let kind: Markup = row.isTotal ? " class=\"total\"" : ""
      return "<tr\(kind)>\(cells)</tr>\n"
    }
    return """
      <div class="scroll" tabindex="0" role="group" aria-label="\(caption)"><table>
      <caption>\(caption)</caption>
      <thead><tr>\(titles)</tr></thead>
      <tbody>
      \(lines)</tbody>
      </table></div>

      """
  }

  private func alignment(_ column: Column) -> Markup { column.isNumber ? " class=\"number\"" : "" }
}
