/// A curve as small as a word, for a cell of a table.
package struct SparklineChart: Sendable {
  /// Most points that are drawn.
  private static let drawnPoints = 80

  /// What is drawn, in a few words.
  package var title: String
  package var values: [Double]

  /// Creates a curve; values that are not finite make gaps.
  package init(_ title: String, _ values: [Double]) {
    self.title = title
    self.values = values
  }

  /// The drawing; see `LineChart.svg`.
  package func svg(id: String) -> Markup {
    let points = Thinning.extremes(
      values.enumerated().map { ChartPoint(Double($0.offset), $0.element) }, count: Self.drawnPoints)
    let finite = points.filter { $0.y.magnitude < 1e300 }
    let (lowest, highest) = (finite.map(\.y).min() ?? 0, finite.map(\.y).max() ?? 0)
    let last = max(points.last?.x ?? 1, 1)
    var path = Markup.none
    var isDown = false
    for point in points {
      guard point.y.magnitude < 1e300 else {
        isDown = false
        continue
      }
      let share = highest > lowest ? (point.y - lowest) / (highest - lowest) : 0
      path += "\(isDown ? "L" : "M")\(at: 2 + point.x / last * 96) \(at: 20 - share * 16)"
      isDown = true
    }
    let ends = finite.first.flatMap { first in finite.last.map { (first.y, $0.y) } }
    return ChartDrawing.svg(
      id: id, width: 100, height: 24, title: title,
      description: ends.map { "From \(ChartText.value($0.0, .number)) to \(ChartText.value($0.1, .number))." }
        ?? "No values.",
      "<path class=\"line s1\" d=\"\(path)\"/>")
  }
}
