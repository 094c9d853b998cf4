import Training

/// The line about a finished epoch.
package struct EpochLine {
  /// Seconds from which on a pause is worth a word.
  private static let notablePause = 0.5

  private let report: EpochReport
  private let epochs: Int
  private let seconds: Double
  private let pauses: Pauses
  private let isBest: Bool
  private let widths: Widths

  /// Columns that numbers have taken so far, so that those of one column stand below each other.
  package struct Widths: Sendable, Equatable {
    var metrics: [Int] = []
    var rate = 0
    var seconds = 0

    /// Creates widths that nothing has taken.
    package init() {}
  }

  /// Creates a line.
  ///
  /// - Parameters:
  ///   - seconds: time since the line before, or since the run began.
  ///   - pauses: how much of that was no training.
  ///   - isBest: whether no evaluation before had a smaller loss; that is shown in colour alone, since the summary says it in words.
  ///   - widths: least columns of the numbers.
  package init(
    _ report: EpochReport, epochs: Int, seconds: Double, pauses: Pauses = Pauses(), isBest: Bool = false,
    widths: Widths = Widths()
  ) {
    self.report = report
    self.epochs = epochs
    self.seconds = seconds
    self.pauses = pauses
    self.isBest = isBest
    self.widths = widths
  }

  /// `epoch  3/12  loss 0.0612  accuracy 98.12 %  test loss 0.0401  test accuracy 98.71 %  18,200 samples/s  3.3 s`
  ///
  /// - Parameter width: columns to fit in: what has no room is shortened or left out, the least important first; nil for no limit.
  package func text(width: Int? = nil, color: Bool = false) -> String {
    line.text(width: width ?? .max).rendered(color: color)
  }

  private var line: FittedLine {
    var line = FittedLine()
    let counter = "\(String(report.epoch).leftPadded(to: String(epochs).count))/\(epochs)"
    let epochField = line.append([.init("epoch ", .quiet) + .init(counter), .init(counter)])
    let training = append(report.training, to: &line, of: "", offset: 0)
    let evaluation = append(report.evaluation, to: &line, of: report.evaluatedOn, offset: report.training.values.count)
    let skipped =
      report.skippedSteps > 0 ? StyledText("\(NumberText.grouped(report.skippedSteps)) skipped", .warning) : nil
    let skippedField = line.append([skipped, nil])
    let rate = NumberText.rate(report.samplesPerSecond).leftPadded(to: widths.rate)
    let rateField = line.append([.init(rate) + .init(" samples/s", .quiet), nil])
    let time = StyledText(NumberText.duration(seconds).leftPadded(to: widths.seconds))
    let timeField = line.append([timeDetails.map { time + .init(" (\($0))", .quiet) } ?? time, time, nil])

    line.shorten(timeField)
    // "accuracy" to "acc", everywhere or nowhere.
    if let both = pair(training.accuracy, evaluation.accuracy) { line.shorten(both.0, both.1) }
    line.shorten(rateField)
    for field in training.further { line.shorten(field) }
    line.shorten(timeField)
    line.shorten(epochField)
    for field in evaluation.further { line.shorten(field) }
    if let both = pair(training.accuracy, evaluation.accuracy) { line.shorten(both.0, both.1) }
    if let field = training.accuracy { line.shorten(field) }
    if let both = pair(training.loss, evaluation.loss) { line.shorten(both.0, both.1) }
    line.shorten(skippedField)
    if let field = training.loss { line.shorten(field) }
    if let field = evaluation.accuracy { line.shorten(field) }
    return line
  }

  private func pair(_ first: Int?, _ second: Int?) -> (Int, Int)? {
    guard let one = first ?? second else { return nil }
    return (one, second ?? one)
  }

  /// Numbers of the fields of a set of metrics.
  private struct MetricFields {
    var loss: Int?
    var accuracy: Int?
    var further: [Int] = []
  }

  private func append(
    _ metrics: MetricValues, to line: inout FittedLine, of samples: String, offset: Int
  ) -> MetricFields {
    var fields = MetricFields()
    let prefix = samples.isEmpty ? "" : samples + " "
    for (index, metric) in metrics.values.enumerated() {
      let text = MetricText.text(metric.name, metric.value)
      let column = offset + index
      let value = StyledText(
        text.leftPadded(to: widths.metrics.indices.contains(column) ? widths.metrics[column] : 0),
        metric.name == "loss" && !metric.value.isFinite
          ? .bad : metric.name == "loss" && isBest && !samples.isEmpty ? .good : nil)
      let labels = [false, true].map { StyledText("\(prefix)\(MetricText.label(metric.name, short: $0)) ", .quiet) }
      switch metric.name {
      case "loss":
        fields.loss = line.append([labels[0] + value, .init(prefix, .quiet) + value, samples.isEmpty ? nil : value])
      case "accuracy": fields.accuracy = line.append([labels[0] + value, labels[1] + value, value, nil])
      default: fields.further.append(line.append([labels[0] + value, nil]))
      }
    }
    return fields
  }

  /// Where the time went that was no training; nil where it is not worth a word.
  private var timeDetails: String? {
    let parts = [("evaluation", pauses.evaluation), ("saving", pauses.saving)].filter { $1 >= EpochLine.notablePause }
    return parts.isEmpty ? nil : parts.map { "\($0) \(NumberText.duration($1))" }.joined(separator: ", ")
  }
}

extension EpochLine.Widths {
  /// Takes in what a line shows.
  package mutating func widen(to report: EpochReport, seconds: Double) {
    let texts = (report.training.values + report.evaluation.values).map { MetricText.text($0.name, $0.value) }
    // Shares below 10 % and above are the same width.
    let counts = texts.map { $0.hasSuffix("%") ? max(7, $0.count) : $0.count }
    if metrics.count < counts.count { metrics += [Int](repeating: 0, count: counts.count - metrics.count) }
    for (index, count) in counts.enumerated() { metrics[index] = max(metrics[index], count) }
    rate = max(rate, NumberText.rate(report.samplesPerSecond).count)
    self.seconds = max(self.seconds, NumberText.duration(seconds).count)
  }
}
