/// Fewer points that look the same.
package enum Thinning {
  /// At most about `count` points: the lowest and the highest of each stretch, in order, so that no peak is lost. Points whose y is not
  /// finite are kept as gaps where a whole stretch has none that is.
  ///
  /// - Parameter points: in the order in which they are drawn.
  package static func extremes(_ points: [ChartPoint], count: Int) -> [ChartPoint] {
    guard points.count > count, count >= 4 else { return points }
    let stretches = count / 2
    var kept: [ChartPoint] = []
    kept.reserveCapacity(count + 2)
    for stretch in 0..<stretches {
      let range = points.count * stretch / stretches..<points.count * (stretch + 1) / stretches
      let finite = range.filter { points[$0].y.isFinite }
      guard let lowest = finite.min(by: { points[$0].y < points[$1].y }),
        let highest = finite.max(by: { points[$0].y < points[$1].y })
      else {
        kept.append(points[range.lowerBound])
        continue
      }
      kept += (lowest == highest ? [lowest] : [min(lowest, highest), max(lowest, highest)]).map { points[$0] }
    }
    return kept
  }

  /// At most `count` elements, evenly spread, the first and the last among them.
  package static func evenly<Element>(_ elements: [Element], count: Int) -> [Element] {
    guard elements.count > count, count >= 2 else { return elements }
    return (0..<count).map { elements[$0 * (elements.count - 1) / (count - 1)] }
  }
}
