extension RunReport {
  /// Loss, accuracy, learning rate and throughput, by epoch and by logged step.
  var curves: Markup {
    let charts = (epochCharts + stepCharts).filter { !$0.chart.isEmpty }
    guard !charts.isEmpty else { return Page.leftOut("the curves", because: "the run has logged nothing yet") }
    let figures = charts.map { Page.figure($0.chart.svg(id: $0.id), title: $0.chart.title, table: $0.chart.table()) }
    return "<div class=\"charts\">\n\(figures)</div>\n"
  }

  private var epochCharts: [(id: String, chart: LineChart)] {
    let epochs = run.history.epochs
    let evaluated = epochs.compactMap(\.evaluatedOn).first ?? "evaluation"
    func points(_ value: (RunHistory.Epoch) -> Double?) -> [ChartPoint] {
      epochs.map { ChartPoint(Double($0.epoch), value($0) ?? .nan) }
    }
    let best = figures.best.map { [LineChart.Mark(Double($0.epoch), "best")] } ?? []
    let axis = ChartAxis("epoch", isWhole: true)
    var loss = LineChart(
      "Loss of each epoch", x: axis, y: ChartAxis("loss", scale: .logarithmic),
      [LineChart.Series("training", points(\.loss)), LineChart.Series(evaluated, points(\.evaluationLoss))])
    loss.marks = best
    var accuracy = LineChart(
      "Accuracy of each epoch", x: axis, y: ChartAxis("accuracy", format: .percent),
      [LineChart.Series("training", points(\.accuracy)), LineChart.Series(evaluated, points(\.evaluationAccuracy))])
    (accuracy.marks, accuracy.namesMarksBelow) = (best, true)
    return [("epoch-loss", loss), ("epoch-accuracy", accuracy)]
  }

  private var stepCharts: [(id: String, chart: LineChart)] {
    let steps = run.history.steps
    func points(_ value: (RunHistory.Step) -> Double?) -> [ChartPoint] {
      steps.map { ChartPoint(Double($0.step), value($0) ?? .nan) }
    }
    let axis = ChartAxis("step", isWhole: true)
    func chart(_ title: String, _ y: ChartAxis, _ series: [LineChart.Series]) -> LineChart {
      var chart = LineChart(title, x: axis, y: y, series)
      chart.marks = run.history.sessions.dropFirst().map { LineChart.Mark(Double($0.previousStep), "resumed") }
      return chart
    }
    let rates = run.history.epochs.map { ChartPoint(Double($0.step), $0.samplesPerSecond ?? .nan) }
    return [
      (
        "step-loss",
        chart(
          "Loss of logged steps", ChartAxis("loss of the minibatch", scale: .logarithmic),
          [LineChart.Series("loss", points(\.loss), isThin: true)])
      ),
      (
        "step-accuracy",
        chart(
          "Accuracy of logged steps", ChartAxis("accuracy of the minibatch", format: .percent),
          [LineChart.Series("accuracy", points(\.accuracy), isThin: true)])
      ),
      (
        "learning-rate",
        chart(
          "Learning rate", ChartAxis("learning rate", includesZero: true),
          [LineChart.Series("learning rate", points(\.learningRate))])
      ),
      (
        "throughput",
        chart(
          "Throughput", ChartAxis("samples/s", includesZero: true),
          [
            LineChart.Series("between logged steps", points(\.samplesPerSecond), isThin: true),
            LineChart.Series("whole epochs", rates),
          ])
      ),
      (
        "gradient-norm",
        chart(
          "Norm of the gradient before clipping", ChartAxis("norm", scale: .logarithmic),
          [LineChart.Series("norm", points(\.gradientNorm), isThin: true)])
      ),
    ]
  }
}
