/// Lying bars, each cut into parts.
package struct StackedBars: Sendable {
  /// A bar.
  package struct Bar: Sendable {
    package var name: String
    /// One value for each part, 0 or more.
    package var values: [Double]

    /// Creates a bar.
    package init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// What is drawn, in a few words.
  package var title: String
  /// What the lengths are.
  package var axis: ChartAxis
  /// Names of the parts.
  package var parts: [String]
  package var bars: [Bar]
  /// Width of the drawing in its own units.
  package var width = 400.0
  /// Height of a bar with the room around it.
  private static let pitch = 24.0
  /// Names of bars longer than this are cut: the plot needs room too.
  private static let longestName = 26

  /// Creates a chart.
  ///
  /// - Precondition: each bar has as many values as there are parts.
  package init(_ title: String, axis: ChartAxis, parts: [String], _ bars: [Bar]) {
    precondition(bars.allSatisfy { $0.values.count == parts.count }, "a value for each part")
    self.title = title
    self.axis = axis
    self.axis.includesZero = true
    self.parts = parts
    self.bars = bars
  }

  /// Whether anything has a length.
  package var isEmpty: Bool { !bars.contains { $0.values.contains { length($0) > 0 } } }

  /// What is not a length is none.
  private func length(_ value: Double) -> Double { value.isFinite ? min(max(value, 0), 1e300) : 0 }

  /// The drawing; see `LineChart.svg`.
  package func svg(id: String, standsAlone: Bool = false) -> Markup {
    let (content, height) = drawing()
    return ChartDrawing.svg(
      id: id, width: width, height: height, title: title, description: description, standsAlone: standsAlone, content)
  }

  /// The parts of the drawing, and its height.
  func drawing() -> (Markup, height: Double) {
    let names = bars.map {
      $0.name.count > Self.longestName ? String($0.name.prefix(Self.longestName - 1)) + "…" : $0.name
    }
    let left = 10 + (names.map(ChartFrame.width(of:)).max() ?? 0)
    let (keys, keysHeight) =
      parts.count > 1
      ? ChartDrawing.legend(parts.enumerated().map { ($0, $1) }, x: 4, y: 10, width: width - 4) { index, x, y in
        "<rect class=\"bar \(ChartStyle.series(index))\" x=\"\(at: x)\" y=\"\(at: y - 5)\" width=\"16\" height=\"10\"/>"
      } : (.none, 0)
    let height = keysHeight + 10 + Double(bars.count) * Self.pitch + 36
    let frame = ChartFrame(width: width, height: height, left: left, right: 22, top: keysHeight + 10, bottom: 36)
    let ticks = ChartTicks(axis, values: bars.map { $0.values.reduce(0) { $0 + length($1) } })
    let marks = zip(ticks.values, ticks.labels).map { value, label -> Markup in
      let x = frame.x(ticks.place(value))
      return """
        <path class="grid" d="M\(at: x) \(at: frame.top)V\(at: height - frame.bottom)"/><text class="tick" \
        text-anchor="middle" x="\(at: x)" y="\(at: height - frame.bottom + 15)">\(label)</text>

        """
    }
    let rows = zip(bars, names).enumerated().map { index, bar in
      row(bar.0, name: bar.1, y: frame.top + Double(index) * Self.pitch, frame, ticks)
    }
    return (
      """
      \(keys)\(marks)\(rows)<path class="axis" d="M\(at: left) \(at: frame.top)V\(at: height - frame.bottom)"/>
      <text class="label" text-anchor="end" x="\(at: width - 4)" y="\(at: height - 4)">\(axis.title)</text>
      """, height
    )
  }

  private func row(_ bar: Bar, name: String, y: Double, _ frame: ChartFrame, _ ticks: ChartTicks) -> Markup {
    var drawn: Markup = """
      <text class="tick" text-anchor="end" x="\(at: frame.left - 6)" y="\(at: y + Self.pitch / 2 + 4)">\(name)</text>
      """
    var sum = 0.0
    for (index, value) in bar.values.enumerated() {
      let begin = frame.x(ticks.place(sum))
      sum += length(value)
      let end = frame.x(ticks.place(sum))
      // A hair of paper between two parts.
      guard end - begin > 0.3 else { continue }
      drawn += """
        <rect class="bar \(ChartStyle.series(index))" x="\(at: begin)" y="\(at: y + 4)" \
        width="\(at: max(end - begin - 0.7, 0.3))" height="\(at: Self.pitch - 8)"/>
        """
    }
    return drawn + "\n"
  }

  /// What there is to be seen, in words.
  package var description: String {
    "\(axis.title). "
      + bars.map { bar in
        let values = zip(parts, bar.values).filter { length($1) > 0 }.map { part, value in
          parts.count > 1 ? "\(part) \(ChartText.value(value, axis.format))" : ChartText.value(value, axis.format)
        }
        return "\(bar.name): \(values.isEmpty ? "nothing" : values.joined(separator: ", ")). "
      }.joined()
  }

  /// The values as a table.
  package func table(rowTitle: String) -> HTMLTable {
    var table = HTMLTable(title, [.text(rowTitle)] + parts.map { .number($0) })
    for bar in bars { table.append([bar.name] + bar.values.map { ChartText.value($0, axis.format) }) }
    return table
  }
}
