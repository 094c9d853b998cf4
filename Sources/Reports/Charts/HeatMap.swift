/// A confusion matrix as a grid of colours: a row for each true class, a column for each predicted one.
///
/// Hits and misses have colours of their own. A hit is as strong as its share of the row; a miss as the square root of its share of the
/// most frequent miss, because one miss in a thousand samples is worth seeing too.
package struct HeatMap: Sendable {
  /// With more classes than this the cells have no room for numbers.
  private static let mostNumbers = 20
  /// With more classes than this a drawing would be large and show little.
  package static let mostClasses = 40
  private static let longestName = 12
  /// How names lean that are wider than their column.
  private static let lean = (degrees: 50, sine: 0.766, cosine: 0.643)

  /// What is drawn, in a few words.
  package var title: String
  package var classes: [String]
  /// `counts[true][predicted]`.
  package var counts: [[Int]]

  /// Creates a map.
  ///
  /// - Precondition: as many rows and columns as classes.
  package init(_ title: String, classes: [String], counts: [[Int]]) {
    precondition(counts.count == classes.count && counts.allSatisfy { $0.count == classes.count }, "a square of counts")
    self.title = title
    self.classes = classes
    self.counts = counts
  }

  private var misses: [Confusion] { Confusion.mostFrequentFirst(in: counts) }

  /// The drawing; see `LineChart.svg`.
  package func svg(id: String) -> Markup {
    let names = classes.map { $0.count > Self.longestName ? String($0.prefix(Self.longestName - 1)) + "…" : $0 }
    let longest = names.map(ChartFrame.width(of:)).max() ?? 0
    let left = 30 + longest
    func room(right: Double) -> Double { max(min(36, (400 - left - right) / Double(max(classes.count, 1))), 2) }
    // Names that do not stand above their columns lean to the right, beyond the last one, and rise.
    let leans = longest > room(right: 0)
    let right = leans ? 4 + longest * Self.lean.cosine : 6
    let cell = room(right: leans ? right : 0)
    let top = leans ? max(36, 23 + longest * Self.lean.sine) : 36
    let size = cell * Double(classes.count)
    let (width, height) = (left + size + right, top + size + 6)
    let mostMisses = misses.first?.count ?? 1
    let cells = classes.indices.flatMap { row in
      classes.indices.map { column in
        self.cell(row, column, x: left + Double(column) * cell, y: top + Double(row) * cell, cell, mostMisses)
      }
    }
    let labels = names.enumerated().map { index, name -> Markup in
      let middle = (Double(index) + 0.5) * cell
      let column: Markup =
        ChartFrame.width(of: name) > cell
        ? """
        <text class="tick" transform="translate(\(at: left + middle + 4) \(at: top - 5)) rotate(-\(Self.lean.degrees))">\(name)</text>
        """
        : "<text class=\"tick\" text-anchor=\"middle\" x=\"\(at: left + middle)\" y=\"\(at: top - 5)\">\(name)</text>"
      return """
        \(column)<text class="tick" text-anchor="end" x="\(at: left - 5)" y="\(at: top + middle + 4)">\(name)</text>

        """
    }
    return ChartDrawing.svg(
      id: id, width: max(width, 200), height: height, title: title, description: description,
      """
      <text class="label" x="\(at: left)" y="12">predicted →</text>
      <text class="label" text-anchor="end" transform="translate(12 \(at: top)) rotate(-90)">← true</text>
      \(labels)\(cells)
      """)
  }

  private func cell(
    _ row: Int, _ column: Int, x: Double, y: Double, _ size: Double, _ mostMisses: Int
  ) -> Markup {
    let count = counts[row][column]
    let isHit = row == column
    let sum = counts[row].reduce(0, +)
    let strength =
      isHit
      ? Double(count) / Double(max(sum, 1))
      : (Double(count) / Double(max(mostMisses, 1))).squareRoot()
    let kind = count == 0 ? "empty" : isHit ? "hit" : "miss"
    let opacity: Markup = count == 0 ? "" : " fill-opacity=\"\(at: max(0.12, strength))\""
    let gap = size > 8 ? 1.0 : 0
    var drawn: Markup = """
      <rect class="\(kind)" x="\(at: x)" y="\(at: y)" width="\(at: size - gap)" height="\(at: size - gap)"\(opacity)/>
      """
    if classes.count <= Self.mostNumbers, count > 0 {
      let strong: Markup = strength > 0.88 ? " strong" : ""
      // Four digits and more have to be narrower.
      let letters = String(count).count
      let squeeze: Markup =
        Double(letters) * 7 > size - 3 ? " textLength=\"\(at: size - 4)\" lengthAdjust=\"spacingAndGlyphs\"" : ""
      drawn += """
        <text class="cell\(strong)" text-anchor="middle" x="\(at: x + (size - gap) / 2)" \
        y="\(at: y + size / 2 + 4)"\(squeeze)>\(count)</text>
        """
    }
    return drawn + "\n"
  }

  /// What there is to be seen, in words: how many are right, and what is mistaken most often.
  package var description: String {
    let samples = counts.reduce(0) { $0 + $1.reduce(0, +) }
    let hits = classes.indices.reduce(0) { $0 + counts[$1][$1] }
    let worst = misses.prefix(3).map {
      "\(classes[$0.truth]) taken for \(classes[$0.prediction]) (\(RunText.count($0.count, "time")))"
    }
    return "\(NumberText.grouped(hits)) of \(NumberText.grouped(samples)) samples are on the diagonal. "
      + (worst.isEmpty ? "Nothing is mistaken." : "Most often: \(worst.joined(separator: ", ")).")
  }

  /// What is mistaken most often, as a table: for so many classes that the matrix itself is too large.
  ///
  /// - Parameter rows: most rows.
  package func missesTable(rows: Int) -> HTMLTable {
    var table = HTMLTable(
      "What is mistaken most often", [.text("class"), .text("taken for"), .number("times"), .number("of the class")])
    for miss in misses.prefix(rows) {
      let samples = counts[miss.truth].reduce(0, +)
      table.append([
        classes[miss.truth], classes[miss.prediction], NumberText.grouped(miss.count),
        NumberText.percent(Double(miss.count) / Double(samples)),
      ])
    }
    return table
  }

  /// The counts as a table.
  package var table: HTMLTable {
    var table = HTMLTable(title, [.text("true \\ predicted")] + classes.map { .number($0) } + [.number("samples")])
    for (name, row) in zip(classes, counts) {
      table.append([name] + row.map { NumberText.grouped($0) } + [NumberText.grouped(row.reduce(0, +))])
    }
    let columns = classes.indices.map { column in counts.reduce(0) { $0 + $1[column] } }
    table.append(
      ["predicted"] + columns.map { NumberText.grouped($0) } + [NumberText.grouped(columns.reduce(0, +))],
      isTotal: true)
    return table
  }
}
