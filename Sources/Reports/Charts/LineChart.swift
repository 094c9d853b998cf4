/// Curves over one axis.
package struct LineChart: Sendable {
  /// A curve.
  package struct Series: Sendable {
    package var name: String
    package var points: [ChartPoint]
    /// Whether it is drawn thin, as a restless curve of many points should be.
    package var isThin: Bool
    /// Whether it is no measurement but what could be at best.
    package var isIdeal: Bool

    /// Creates a curve; points whose values have no place on the axes make gaps.
    package init(_ name: String, _ points: [ChartPoint], isThin: Bool = false, isIdeal: Bool = false) {
      self.name = name
      self.points = points
      self.isThin = isThin
      self.isIdeal = isIdeal
    }
  }

  /// A place on the x axis that something happened at.
  package struct Mark: Sendable {
    package var x: Double
    package var name: String

    /// Creates a mark.
    package init(_ x: Double, _ name: String) {
      self.x = x
      self.name = name
    }
  }

  /// Most points of a curve that are drawn.
  private static let drawnPoints = 500
  /// Curves with at most so many points get a dot at each.
  private static let dottedPoints = 40

  /// What is drawn, in a few words.
  package var title: String
  package var xAxis: ChartAxis
  package var yAxis: ChartAxis
  package var series: [Series]
  package var marks: [Mark] = []
  /// Whether the marks' names stand at the bottom, where the curves are not.
  package var namesMarksBelow = false
  /// Size of the drawing in its own units; a letter is 11.5 high.
  package var width = 400.0
  package var height = 250.0

  /// Creates a chart.
  package init(_ title: String, x: ChartAxis, y: ChartAxis, _ series: [Series]) {
    self.title = title
    xAxis = x
    yAxis = y
    self.series = series
  }

  /// Whether any point has a place on both axes.
  package var isEmpty: Bool { !series.contains { $0.points.contains(where: isDrawn) } }

  private func isDrawn(_ point: ChartPoint) -> Bool { xAxis.holds(point.x) && yAxis.holds(point.y) }

  /// The drawing.
  ///
  /// - Parameters:
  ///   - id: unique in the document.
  ///   - standsAlone: whether it is a file of its own, and brings its style and its background.
  package func svg(id: String, standsAlone: Bool = false) -> Markup {
    let (content, height) = drawing()
    return ChartDrawing.svg(
      id: id, width: width, height: height, title: title, description: description, standsAlone: standsAlone, content)
  }

  /// The parts of the drawing, and its height.
  func drawing() -> (Markup, height: Double) {
    let drawn = series.flatMap(\.points).filter(isDrawn)
    let xTicks = ChartTicks(xAxis, values: drawn.map(\.x), count: 6)
    let yTicks = ChartTicks(yAxis, values: drawn.map(\.y))
    let left = 14 + (yTicks.labels.map(ChartFrame.width(of:)).max() ?? 0)
    var (keys, keysHeight) = (Markup.none, 0.0)
    if series.count > 1 {
      // A run that logged nothing of this has its colour in the other charts, and no key here.
      let names = series.indices.filter { series[$0].points.contains(where: isDrawn) }.map { ($0, series[$0].name) }
      (keys, keysHeight) = ChartDrawing.legend(names, x: left, y: 28, width: width - 8) { index, x, y in
        let dot: Markup = ChartStyle.isRepeated(index) && !series[index].isThin ? self.dot(index, x + 9, y) : .none
        return "<path class=\"\(lineClass(index))\" d=\"M\(at: x) \(at: y)h18\"/>\(dot)"
      }
    }
    let frame = ChartFrame(
      width: width, height: height + keysHeight, left: left, right: 14, top: 24 + keysHeight, bottom: 36)
    let curves = series.indices.map { curve($0, frame, xTicks, yTicks) }
    return (
      """
      \(frame.axes(x: xTicks, xAxis, y: yTicks, yAxis))
      \(marks.map { mark($0, frame, xTicks) })\(keys)\(curves)
      """, frame.height
    )
  }

  private func lineClass(_ index: Int) -> String {
    if series[index].isIdeal { return "ideal" }
    return "line \(ChartStyle.line(index))" + (series[index].isThin ? " thin" : "")
  }

  private func dot(_ index: Int, _ x: Double, _ y: Double) -> Markup {
    "<circle class=\"dot \(ChartStyle.dot(index))\" cx=\"\(at: x)\" cy=\"\(at: y)\" r=\"2.5\"/>"
  }

  private func mark(_ mark: Mark, _ frame: ChartFrame, _ ticks: ChartTicks) -> Markup {
    let place = ticks.place(mark.x)
    guard (0...1).contains(place) else { return .none }
    let x = frame.x(place)
    let anchor = place > 0.5 ? "end" : "start"
    return """
      <path class="rule" d="M\(at: x) \(at: frame.top)V\(at: frame.height - frame.bottom)"/><text class="tick" \
      text-anchor="\(anchor)" x="\(at: x + (place > 0.5 ? -4 : 4))" y="\(at: namesMarksBelow ? frame.height - frame.bottom - 6 : frame.top + 10)">\(mark.name)</text>

      """
  }

  private func curve(_ index: Int, _ frame: ChartFrame, _ xTicks: ChartTicks, _ yTicks: ChartTicks) -> Markup {
    let points = Thinning.extremes(series[index].points, count: LineChart.drawnPoints)
    var path = Markup.none
    var isDown = false
    var dots = Markup.none
    let isDotted = points.count <= LineChart.dottedPoints && !series[index].isIdeal && !series[index].isThin
    for (position, point) in points.enumerated() {
      guard isDrawn(point) else {
        isDown = false
        continue
      }
      let (x, y) = (frame.x(xTicks.place(point.x)), frame.y(yTicks.place(point.y)))
      path += "\(isDown ? "L" : "M")\(at: x) \(at: y)"
      let isAlone = !isDown && !(position + 1 < points.count && isDrawn(points[position + 1]))
      isDown = true
      if isDotted || isAlone { dots += dot(index, x, y) }
    }
    return "<path class=\"\(lineClass(index))\" d=\"\(path)\"/>\(dots)\n"
  }

  /// What there is to be seen, in words: where each curve begins, ends, and has its extremes.
  package var description: String {
    let sentences = series.map { series -> String in
      let points = series.points.filter(isDrawn)
      guard let first = points.first, let last = points.last, let lowest = points.min(by: { $0.y < $1.y }),
        let highest = points.max(by: { $0.y < $1.y })
      else { return "\(series.name): no values" }
      if series.isIdeal { return "\(series.name): from \(value(first.y)) to \(value(last.y))" }
      if points.count == 1 { return "\(series.name): \(value(first.y)) at \(place(first.x))" }
      return "\(series.name): from \(value(first.y)) at \(place(first.x)) to \(value(last.y)) at \(place(last.x)), "
        + "lowest \(value(lowest.y)) at \(place(lowest.x)), highest \(value(highest.y)) at \(place(highest.x))"
    }
    let marked = marks.map { "\($0.name) at \(place($0.x))" }
    let scale = yAxis.scale == .logarithmic ? ", logarithmic" : ""
    return "\(yAxis.title)\(scale), over \(xAxis.title). " + (sentences + marked).map { $0 + ". " }.joined()
  }

  private func value(_ value: Double) -> String { ChartText.value(value, yAxis.format) }
  private func place(_ value: Double) -> String { ChartText.value(value, xAxis.format) }

  /// The values as a table, for those who do not see the drawing: a row for each x, at most `rows` of them.
  package func table(rows: Int = 30) -> HTMLTable {
    let places = Array(Set(series.filter { !$0.isIdeal }.flatMap { $0.points.map(\.x) }).filter(xAxis.holds)).sorted()
    let shown = Thinning.evenly(places, count: rows)
    let caption = shown.count < places.count ? "\(title): \(shown.count) of \(places.count) points" : title
    var table = HTMLTable(caption, [.number(xAxis.title)] + series.map { .number($0.name) })
    let values = series.map { Dictionary($0.points.map { ($0.x, $0.y) }, uniquingKeysWith: { $1 }) }
    for x in shown {
      table.append([place(x)] + values.map { values in values[x].map { yAxis.holds($0) ? value($0) : "" } ?? "" })
    }
    return table
  }
}

/// Values in words and tables.
enum ChartText {
  static func value(_ value: Double, _ format: ChartAxis.Format) -> String {
    switch format {
    case .percent: return NumberText.percent(value)
    case .number:
      if value == value.rounded(), value.magnitude < 1e15 { return NumberText.grouped(Int(value)) }
      return value.magnitude < 1_000 ? NumberText.loss(value) : NumberText.rate(value)
    }
  }
}
