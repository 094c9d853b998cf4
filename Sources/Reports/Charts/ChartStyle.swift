/// Colours and lines of the charts, as a style sheet.
///
/// The colours keep apart for people with a colour-vision deficiency (after Okabe and Ito, 2008, darkened where white paper needs it, and
/// lightened for dark screens), and lines differ in their dashes too. Where colours begin anew, dashes and dots are others.
package enum ChartStyle {
  /// How many series have a colour of their own; further ones begin anew.
  static let seriesCount = 6

  /// The class of a series.
  static func series(_ index: Int) -> String { "s\(index % seriesCount + 1)" }

  /// Whether the colour is that of an earlier series.
  static func isRepeated(_ index: Int) -> Bool { index >= seriesCount }

  /// The classes of a series' dots: its colour, and whether they are hollow, as in every second round of the colours.
  static func dot(_ index: Int) -> String {
    series(index) + ((index / seriesCount).isMultiple(of: 2) ? "" : " hollow")
  }

  /// The classes of a series' line: its colour, and its dashes, which change before the colours begin anew.
  static func line(_ index: Int) -> String {
    "\(series(index)) d\((index + index / seriesCount) % seriesCount + 1)"
  }

  private static let light = """
    --ink:#1b1f24;--soft:#57606a;--rule:#d8dee4;--surface:#ffffff;\
    --s1:#0072b2;--s2:#d55e00;--s3:#00805d;--s4:#a6428f;--s5:#8c6d00;--s6:#5b5fc7;--hit:#0072b2;--miss:#c14d00
    """

  private static let dark = """
    --ink:#e6edf3;--soft:#9aa5b1;--rule:#343b44;--surface:#14181d;\
    --s1:#5ab4f0;--s2:#ff8f4a;--s3:#3ccfa0;--s4:#e58bd0;--s5:#e3c14b;--s6:#a9acff;--hit:#2e83c4;--miss:#d8651a
    """

  /// The colours, for light and for dark surroundings; paper is light.
  package static let variables: Markup = """
    :root{color-scheme:light dark;\(light)}
    @media screen and (prefers-color-scheme:dark){:root{\(dark)}}

    """

  /// How the parts of a chart look; needs `variables`.
  package static let rules: Markup = """
    .chart text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:11.5px;fill:var(--ink)}
    .chart .tick,.chart .label{fill:var(--soft)}
    .chart .grid{stroke:var(--rule);stroke-width:1;fill:none}
    .chart .axis{stroke:var(--soft);stroke-width:1;fill:none}
    .chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    .chart .thin{stroke-width:1;opacity:.75}
    .chart .rule{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3;fill:none}
    .chart .ideal{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:6 4;fill:none}
    .chart .hit{fill:var(--hit)}.chart .miss{fill:var(--miss)}
    .chart .empty{fill:var(--rule);fill-opacity:.35}
    .chart text.strong{fill:#ffffff}
    .chart .cell{font-size:11px}
    .chart .title{font-size:14px;font-weight:600}
    .chart .paper{fill:var(--surface)}
    .chart .inside{font-size:10.5px;fill:var(--surface)}
    \(series)\
    .chart .dot.hollow{fill:var(--surface);stroke-width:1.5}

    """

  /// A `style` element for a drawing that stands alone.
  package static let element: Markup = "<style>\n\(variables)\(rules)</style>\n"

  private static let series: [Markup] = (0..<seriesCount).map { index in
    let dashes: [Markup] = ["none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2"]
    let name = ChartStyle.series(index)
    return """
      .chart .line.\(name){stroke:var(--\(name))}.chart .line.d\(index + 1){stroke-dasharray:\(dashes[index])}
      .chart .dot.\(name),.chart .bar.\(name){fill:var(--\(name))}.chart .dot.\(name){stroke:var(--\(name));stroke-width:0}

      """
  }
}
