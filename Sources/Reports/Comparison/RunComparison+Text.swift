extension RunComparison {
  /// Characters of a curve.
  private static let curveWidth = 16

  /// Tables as people read them: the runs, then what differs between their configs.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal; what has no room is left out. Nil for all there is.
  ///   - unicode: whether curves can be drawn.
  public func text(width: Int? = nil, unicode: Bool = true) -> String {
    let legend =
      "loss and accuracy: of what the last finished epoch was evaluated on; best: the lowest such loss, and its epoch"
    return narrowest([12, 10, 8, 6, 5, 4].map { table(columns: $0, unicode: unicode) }, width, unicode) + "\n"
      + wrapped(legend, width) + "\n" + differencesText(width: width, unicode: unicode)
  }

  private func table(columns count: Int, unicode: Bool) -> TextTable {
    let columns: [TextTable.Column] = [
      .text("run"), .number("loss"), .number("accuracy"), .number("epochs"), .number("best"), .number("time"),
      .number("samples/s"), .text(unicode ? "loss curve" : ""), .text("status"), .number("threads"),
      .number("parameters"),
      .number("seed"),
    ]
    var table = TextTable(Array(columns.prefix(count)))
    for entry in entries { table.append(Array(cells(entry, unicode: unicode).prefix(count))) }
    return table
  }

  private func cells(_ entry: Entry, unicode: Bool) -> [String] {
    let figures = entry.figures
    let best = figures.best.flatMap { best in
      best.evaluationLoss.map { "\(NumberText.loss($0)) @ \(NumberText.grouped(best.epoch))" }
    }
    return [
      entry.label, figures.last?.evaluationLoss.map(NumberText.loss) ?? "–",
      figures.last?.evaluationAccuracy.map(NumberText.percent) ?? "–",
      figures.plannedEpochs.map { "\(figures.epochs)/\($0)" } ?? "\(figures.epochs)", best ?? "–",
      figures.seconds.map(NumberText.duration) ?? "–", figures.samplesPerSecond.map(NumberText.rate) ?? "–",
      unicode ? Sparkline.text(curve(entry)) : "", figures.status.text, figures.threadsText ?? "–",
      figures.parameters.map(NumberText.grouped) ?? "–", figures.seed.map { "\($0)" } ?? "–",
    ]
  }

  /// The evaluated loss by epoch, or else the steps' losses; logarithmic, as losses fall.
  private func curve(_ entry: Entry) -> [Double] {
    let history = entry.run.history
    let evaluated = history.epochs.compactMap(\.evaluationLoss)
    let losses = evaluated.count > 1 ? evaluated : history.steps.compactMap(\.loss)
    return Thinning.evenly(losses.filter { $0 > 0 }.map(Logarithm.of), count: Self.curveWidth)
  }

  private func differencesText(width: Int?, unicode: Bool) -> String {
    if entries.count < 2 { return "" }
    let missing = entries.filter { $0.run.config == nil }
      .map { wrapped("\($0.label) has no config that can be read", width) }.joined()
    guard !differences.isEmpty else { return missing + "configs: no difference\n" }
    var table = TextTable([.text("config value")] + entries.map { .text($0.label) })
    for difference in shownDifferences { table.append([difference.path] + difference.values) }
    // Side by side only where there is room; else a line for each value.
    guard let width, !table.fits(width) else { return missing + table.description }
    return missing
      + shownDifferences.map { difference in
        "\(difference.path)\n"
          + zip(entries, difference.values).map { entry, value in
            let label = DisplayWidth.shortened(entry.label, columns: max(16, width / 2), unicode: unicode)
            return wrapped("\(label): \(value)", width, indent: 2)
          }.joined()
      }.joined()
  }

  /// Lines of a text, those after the first indented by two columns more.
  private func wrapped(_ text: String, _ width: Int?, indent: Int = 0) -> String {
    let lines = WordWrap.lines(text, width: max(1, (width ?? .max) - indent - 2))
    return lines.enumerated().map { String(repeating: " ", count: indent + ($0 == 0 ? 0 : 2)) + $1 + "\n" }.joined()
  }

  /// The first table that has room, or else the last one, with shorter names.
  private func narrowest(_ tables: [TextTable], _ width: Int?, _ unicode: Bool) -> String {
    guard let width, let last = tables.last else { return tables[0].description }
    return (tables.first { $0.fits(width) } ?? last).text(width: width, unicode: unicode)
  }
}
