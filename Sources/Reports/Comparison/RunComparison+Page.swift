import Settings

extension RunComparison {
  /// The comparison as one HTML document that needs nothing else: no network, no script, no other file.
  ///
  /// - Parameters:
  ///   - version: the program's.
  ///   - madeAt: when, for people.
  public func html(version: String, madeAt: String) -> String {
    let notes = warnings.map { warning -> Markup in "<p class=\"warning\">\(warning)</p>\n" }
    return Page(
      title: "\(RunText.count(entries.count, "run")) · Lockstep comparison",
      header: """
        <p class="kicker">Lockstep comparison</p>
        <h1>\(RunText.count(entries.count, "run")) side by side</h1>
        \(notes)
        """,
      sections: [
        Page.Section(id: "runs", title: "The runs", short: "Runs", content: runs),
        Page.Section(id: "curves", title: "Curves", short: "Curves", content: curves),
        Page.Section(id: "configs", title: "What differs in the configs", short: "Configs", content: configs),
      ],
      footer: """
        <p>Made by lockstep \(version)\(madeAt.isEmpty ? "" : ", \(madeAt)"). The page needs no network and no other file, and runs no \
        script.</p>

        """
    ).html.text
  }

  private var runs: Markup {
    var table = HTMLTable(
      "Loss and accuracy are of what the last finished epoch was evaluated on; best is the lowest such loss, at its epoch",
      [
        .text("run"), .text("status"), .number("epochs"), .number("loss"), .number("accuracy"), .number("best loss"),
        .text("loss by epoch"), .number("time"), .number("samples/s"),
        .number("threads"), .number("parameters"), .number("seed"),
      ])
    for (index, entry) in entries.enumerated() {
      let figures = entry.figures
      let losses = entry.run.history.epochs.map { $0.evaluationLoss ?? .nan }
      let line = SparklineChart("Loss by epoch of \(entry.label)", losses).svg(id: "line-\(index + 1)")
      let texts: [String] = [
        figures.status.text, figures.plannedEpochs.map { "\(figures.epochs) of \($0)" } ?? "\(figures.epochs)",
        figures.last?.evaluationLoss.map(NumberText.loss) ?? "",
        figures.last?.evaluationAccuracy.map(NumberText.percent) ?? "",
        figures.best.flatMap { best in best.evaluationLoss.map { "\(NumberText.loss($0)) at \(best.epoch)" } } ?? "",
      ]
      let more: [String] = [
        figures.seconds.map(NumberText.duration) ?? "",
        figures.samplesPerSecond.map(NumberText.rate) ?? "", figures.threadsText ?? "",
        figures.parameters.map(NumberText.grouped) ?? "", figures.seed.map { "\($0)" } ?? "",
      ]
      let name: Markup = "<b>\(entry.label)</b>"
      table.append(
        markup: [name] + texts.map { "\($0)" } + [losses.count > 1 ? line : .none] + more.map { "\($0)" })
    }
    return table.html
  }

  private var curves: Markup {
    let charts = self.charts.filter { !$0.chart.isEmpty }
    guard !charts.isEmpty else { return Page.leftOut("the curves", because: "no run has logged anything") }
    let figures = charts.map { Page.figure($0.chart.svg(id: $0.id), title: $0.chart.title, table: $0.chart.table()) }
    return "<div class=\"charts\">\n\(figures)</div>\n"
  }

  private var charts: [(id: String, chart: LineChart)] {
    typealias Epoch = RunHistory.Epoch
    func epochs(_ value: @escaping (Epoch) -> Double?, over place: (RunHistory, Epoch) -> Double?) -> [LineChart.Series]
    {
      entries.map { entry in
        LineChart.Series(
          entry.label,
          entry.run.history.epochs.compactMap { epoch in
            place(entry.run.history, epoch).map { ChartPoint($0, value(epoch) ?? .nan) }
          })
      }
    }
    let (epoch, seconds) = (ChartAxis("epoch", isWhole: true), ChartAxis("seconds on the clock", includesZero: true))
    let (loss, accuracy) = (ChartAxis("loss", scale: .logarithmic), ChartAxis("accuracy", format: .percent))
    let byEpoch = { (_: RunHistory, epoch: Epoch) -> Double? in Double(epoch.epoch) }
    let byTime = { (history: RunHistory, epoch: Epoch) in history.secondsUpTo(epoch) }
    let steps = entries.map { entry in
      LineChart.Series(
        entry.label, entry.run.history.steps.map { ChartPoint(Double($0.step), $0.loss ?? .nan) }, isThin: true)
    }
    return [
      ("loss", LineChart("Evaluated loss", x: epoch, y: loss, epochs(\.evaluationLoss, over: byEpoch))),
      ("accuracy", LineChart("Evaluated accuracy", x: epoch, y: accuracy, epochs(\.evaluationAccuracy, over: byEpoch))),
      ("loss-time", LineChart("Evaluated loss by time", x: seconds, y: loss, epochs(\.evaluationLoss, over: byTime))),
      (
        "throughput",
        LineChart(
          "Throughput", x: epoch, y: ChartAxis("samples/s", includesZero: true),
          epochs(\.samplesPerSecond, over: byEpoch))
      ),
      (
        "steps",
        LineChart(
          "Loss of logged steps", x: ChartAxis("step", isWhole: true),
          y: ChartAxis("loss of the minibatch", scale: .logarithmic), steps)
      ),
    ]
  }

  private var configs: Markup {
    let missing = entries.filter { $0.run.config == nil }.map { entry -> Markup in
      Page.leftOut("the config of \(entry.label)", because: "it cannot be read")
    }
    guard !differences.isEmpty else { return "\(missing)<p>Nothing: all values are the same.</p>\n" }
    var table = HTMLTable(
      "Values that are not the same in all runs, defaults included", [.text("value")] + entries.map { .text($0.label) })
    for difference in shownDifferences {
      let path: Markup = "<code>\(difference.path)</code>"
      table.append(markup: [path] + difference.values.map { value -> Markup in "<code>\(value)</code>" })
    }
    return "\(missing)\(table.html)"
  }
}
