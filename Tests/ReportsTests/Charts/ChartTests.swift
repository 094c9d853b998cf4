import Foundation
import Reports
import Testing

/// The drawings of small charts are kept in `Goldens/Charts`; a change of them is looked at before it is kept: with `LOCKSTEP_UPDATE_GOLDENS=1`
/// the tests write them anew.
@Suite("Charts")
struct ChartTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Goldens/Charts")

  private func expectGolden(_ svg: Markup, _ name: String) throws {
    let url = Self.folder.appendingPathComponent(name + ".svg")
    if ProcessInfo.processInfo.environment["LOCKSTEP_UPDATE_GOLDENS"] != nil {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try svg.text.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(try svg.text == String(contentsOf: url, encoding: .utf8), "\(name) is drawn differently")
    try expectAccessible(svg)
  }

  /// Well-formed, an image with a name and a description, and ids that occur once.
  private func expectAccessible(_ svg: Markup) throws {
    let elements = try XMLCheck.parse(svg.text)
    let root = try #require(elements.last)
    #expect(root.name == "svg" && root.attributes["role"] == "img")
    let ids = elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    let labels = (root.attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
    #expect(labels.count == 2)
    for label in labels {
      let element = try #require(elements.first { $0.attributes["id"] == label })
      #expect(!element.text.isEmpty, "\(label) says nothing")
    }
    for element in elements {
      for (name, value) in element.attributes { #expect(!value.contains("nan") && !value.contains("inf"), "\(name)") }
    }
  }

  private static let curve = LineChart(
    "Loss & more", x: ChartAxis("epoch", isWhole: true), y: ChartAxis("loss", scale: .logarithmic),
    [
      LineChart.Series("training", [(1, 0.5), (2, 0.25), (3, 0.2), (4, 0.1)].map { ChartPoint($0, $1) }),
      LineChart.Series("<test>", [(1, 0.4), (2, .nan), (3, 0.15), (4, 0)].map { ChartPoint($0, $1) }),
    ])

  @Test("a line chart")
  func lines() throws {
    var chart = Self.curve
    chart.marks = [LineChart.Mark(3, "best"), LineChart.Mark(99, "elsewhere")]
    try expectGolden(chart.svg(id: "loss", standsAlone: true), "lines")
    #expect(
      chart.description
        == "loss, logarithmic, over epoch. training: from 0.5000 at 1 to 0.1000 at 4, lowest 0.1000 at 4, highest 0.5000 at 1. "
        + "<test>: from 0.4000 at 1 to 0.1500 at 3, lowest 0.1500 at 3, highest 0.4000 at 1. best at 3. elsewhere at 99. "
    )
  }

  @Test("a line chart's table has a row for each x")
  func lineTable() throws {
    let html = Self.curve.table().html.text
    let cells = try XMLCheck.parse(html).filter { ["th", "td"].contains($0.name) }.map(\.text)
    #expect(
      cells == [
        "epoch", "training", "<test>", "1", "0.5000", "0.4000", "2", "0.2500", "", "3", "0.2000", "0.1500", "4",
        "0.1000", "",
      ])
  }

  @Test("a curve of many points is drawn with few, and keeps its peaks")
  func many() throws {
    var points = (0..<100_000).map { ChartPoint(Double($0), sin(Double($0) / 5_000)) }
    points[33_333].y = 50
    let chart = LineChart("Many", x: ChartAxis("x"), y: ChartAxis("y"), [LineChart.Series("y", points, isThin: true)])
    let svg = chart.svg(id: "many").text
    #expect(svg.utf8.count < 20_000)
    #expect(chart.table(rows: 30).html.text.components(separatedBy: "<tr>").count - 2 == 30)
    let kept = Thinning.extremes(points, count: 500)
    #expect(kept.count <= 500 && kept.contains(points[33_333]))
    #expect(kept.map(\.x) == kept.map(\.x).sorted())
    #expect(Thinning.extremes(Array(points.prefix(500)), count: 500) == Array(points.prefix(500)))
    #expect(Thinning.evenly(Array(0..<10), count: 4) == [0, 3, 6, 9])
  }

  @Test("charts without anything to draw are still drawings, and say so")
  func empty() throws {
    let values: [[ChartPoint]] = [[], [ChartPoint(.nan, 1)], [ChartPoint(1, .infinity)], [ChartPoint(1, 1)]]
    for points in values {
      let chart = LineChart(
        "Empty", x: ChartAxis("x"), y: ChartAxis("y", scale: .logarithmic), [LineChart.Series("y", points)])
      #expect(chart.isEmpty == (points != [ChartPoint(1, 1)]))
      try expectAccessible(chart.svg(id: "e"))
    }
    let bars = StackedBars("Empty", axis: ChartAxis("s"), parts: ["a", "b"], [.init("x", [0, .nan])])
    #expect(bars.isEmpty)
    try expectAccessible(bars.svg(id: "e"))
    try expectAccessible(SparklineChart("Empty", []).svg(id: "e"))
    try expectAccessible(SparklineChart("Empty", [.nan, 1, .infinity]).svg(id: "e"))
  }

  @Test("stacked bars")
  func bars() throws {
    let bars = StackedBars(
      "Shares", axis: ChartAxis("share", format: .percent), parts: ["forward", "backward", "idle"],
      [.init("1 thread", [0.3, 0.6, 0.1]), .init("a name that is too long to be shown whole", [0.25, 0.5, 0])])
    try expectGolden(bars.svg(id: "shares", standsAlone: true), "bars")
    #expect(
      bars.description == "share. 1 thread: forward 30.00 %, backward 60.00 %, idle 10.00 %. "
        + "a name that is too long to be shown whole: forward 25.00 %, backward 50.00 %. ")
  }

  @Test("a confusion matrix")
  func heatMap() throws {
    let map = HeatMap(
      "Confusion", classes: ["cat", "<dog>", "owl"], counts: [[90, 9, 1], [0, 12_345, 0], [4, 0, 0]])
    try expectGolden(map.svg(id: "confusion"), "heatmap")
    #expect(
      map.description == "12,435 of 12,449 samples are on the diagonal. "
        + "Most often: cat taken for <dog> (9 times), owl taken for cat (4 times), cat taken for owl (1 time).")
    let cells = try XMLCheck.parse(map.table.html.text).filter { ["th", "td"].contains($0.name) }.map(\.text)
    #expect(cells.suffix(5) == ["predicted", "94", "12,354", "1", "12,449"])
  }

  @Test("long names of classes have room beside and above the matrix")
  func longClasses() throws {
    let classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "automobiles"]
    let counts = classes.indices.map { row in classes.indices.map { $0 == row ? 1_000 : 0 } }
    let svg = HeatMap("Classes", classes: classes, counts: counts).svg(id: "c")
    try expectAccessible(svg)
    let box = try #require(svg.text.firstMatch(of: /viewBox="0 0 ([0-9.]+) ([0-9.]+)"/))
    let (width, length) = (try #require(Double(box.1)), 11 * 7.2)
    let leaning = svg.text.matches(of: /translate\(([0-9.]+) ([0-9.]+)\) rotate\(-50\)">auto/)
    #expect(leaning.count == 2)
    for name in leaning {
      let (x, y) = (try #require(Double(name.1)), try #require(Double(name.2)))
      // Below the title of the axis, and within the drawing.
      #expect(y - length * 0.766 >= 17 && x + length * 0.643 <= width, "\(x) \(y) \(width)")
    }
  }

  @Test("forty classes fit, without numbers; for more there is a table of what is mistaken most often")
  func manyClasses() throws {
    let classes = (0..<40).map { "class \($0)" }
    let counts = classes.indices.map { row in classes.indices.map { $0 == row ? 3 : $0 == 7 ? row : 0 } }
    let map = HeatMap("Many", classes: classes, counts: counts)
    let svg = map.svg(id: "m")
    try expectAccessible(svg)
    #expect(!svg.text.contains("class=\"cell\"") && svg.text.utf8.count < 200_000)
    let cells = try XMLCheck.parse(map.missesTable(rows: 2).html.text).filter { ["th", "td"].contains($0.name) }
    #expect(
      cells.map(\.text).dropFirst(4) == [
        "class 39", "class 7", "39", "92.86 %", "class 38", "class 7", "38", "92.68 %",
      ])
  }

  @Test("more curves than colours differ by their dashes")
  func manySeries() {
    let series = (0..<14).map { LineChart.Series("run \($0)", [ChartPoint(0, 0), ChartPoint(1, Double($0))]) }
    let svg = LineChart("Runs", x: ChartAxis("x"), y: ChartAxis("y"), series).svg(id: "r").text
    let classes = svg.components(separatedBy: "class=\"line ").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(Set(classes).count == 14)
  }

  @Test("a sparkline")
  func sparkline() throws {
    try expectGolden(SparklineChart("Loss", [3, 1, .nan, 2, 0.5]).svg(id: "spark"), "sparkline")
  }
}
