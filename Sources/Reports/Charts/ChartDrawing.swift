/// What every drawing has around it: its size, its name and its description, which screen readers say, and its style.
package enum ChartDrawing {
  /// A whole `svg` element.
  ///
  /// - Parameters:
  ///   - id: unique in the document.
  ///   - title: what is drawn, in a few words.
  ///   - description: what there is to be seen, in words.
  ///   - standsAlone: whether it is a file of its own, which brings its style and its background.
  static func svg(
    id: String, width: Double, height: Double, title: String, description: String, standsAlone: Bool = false,
    _ content: Markup
  ) -> Markup {
    let style: Markup =
      standsAlone
      ? "\(ChartStyle.element)<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n" : .none
    return """
      <svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="\(id)-title \(id)-desc" class="chart" \
      viewBox="0 0 \(at: width) \(at: height)">
      <title id="\(id)-title">\(title)</title>
      <desc id="\(id)-desc">\(description)</desc>
      \(style)\(content)
      </svg>

      """
  }

  /// Names of series with their lines or boxes, as rows of a drawing that is `width` wide.
  ///
  /// - Parameter names: those that are drawn, with their numbers among all.
  /// - Returns: the keys, and the height that they take.
  static func legend(
    _ names: [(index: Int, name: String)], x: Double, y: Double, width: Double,
    mark: (_ index: Int, _ x: Double, _ y: Double) -> Markup
  ) -> (Markup, height: Double) {
    var (place, line) = (x, 0.0)
    var keys = Markup.none
    for (index, name) in names {
      let shown = name.count > 40 ? String(name.prefix(39)) + "…" : name
      let needed = 24 + ChartFrame.width(of: shown) + 10
      if place > x, place + needed > width { (place, line) = (x, line + 16) }
      keys += mark(index, place, y + line)
      keys += "<text class=\"key\" x=\"\(at: place + 24)\" y=\"\(at: y + line + 4)\">\(shown)</text>\n"
      place += needed
    }
    return (keys, line + 16)
  }
}
