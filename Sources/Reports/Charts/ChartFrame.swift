/// Where the parts of a chart with two axes lie, in the units of its drawing.
struct ChartFrame {
  /// Size of the letters, and the width of one in a wide font: drawings cannot measure text.
  static let letter = (size: 11.5, width: 7.2)

  var width: Double
  var height: Double
  var left: Double
  var right: Double
  var top: Double
  var bottom: Double

  /// Width and height of the plot.
  var plotWidth: Double { width - left - right }
  var plotHeight: Double { height - top - bottom }

  /// From a place on an axis to a place in the drawing.
  func x(_ place: Double) -> Double { left + min(max(place, -0.05), 1.05) * plotWidth }
  func y(_ place: Double) -> Double { top + (1 - min(max(place, -0.05), 1.05)) * plotHeight }

  /// About the width of a text.
  static func width(of text: String) -> Double { Double(text.count) * letter.width }

  /// Ticks, rules and titles of both axes.
  func axes(x xTicks: ChartTicks, _ xAxis: ChartAxis, y yTicks: ChartTicks, _ yAxis: ChartAxis) -> Markup {
    let rules = zip(yTicks.values, yTicks.labels).map { value, label -> Markup in
      let y = y(yTicks.place(value))
      return """
        <path class="grid" d="M\(at: left) \(at: y)H\(at: width - right)"/><text class="tick" text-anchor="end" \
        x="\(at: left - 6)" y="\(at: y + 4)">\(label)</text>
        """
    }
    let marks = zip(xTicks.values, xTicks.labels).map { value, label -> Markup in
      let x = x(xTicks.place(value))
      return """
        <path class="axis" d="M\(at: x) \(at: height - bottom)v4"/><text class="tick" text-anchor="middle" \
        x="\(at: x)" y="\(at: height - bottom + 16)">\(label)</text>
        """
    }
    return """
      \(rules)
      <path class="axis" d="M\(at: left) \(at: height - bottom)H\(at: width - right)"/>
      \(marks)
      <text class="label" x="4" y="12">\(yAxis.title)</text>
      <text class="label" text-anchor="end" x="\(at: width - right)" y="\(at: height - 4)">\(xAxis.title)</text>
      """
  }
}
