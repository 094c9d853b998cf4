/// A point of a chart.
package struct ChartPoint: Sendable, Equatable {
  package var x: Double
  package var y: Double

  /// Creates a point.
  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}
