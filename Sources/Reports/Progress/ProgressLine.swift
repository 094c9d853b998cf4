/// The one line that shows where a run is, fitted to a terminal's width.
package struct ProgressLine: Sendable, Equatable {
  /// Epoch, from 1, and epochs of the run.
  package var epoch: Int
  package var epochs: Int
  /// Steps done in this epoch and steps of an epoch.
  package var step: Int
  package var steps: Int
  /// Over the epoch so far.
  package var loss: Double
  package var accuracy: Double
  /// nil where no schedule changes it.
  package var learningRate: Double?
  /// Samples per second and seconds to go; nil while not known.
  package var samplesPerSecond: Double?
  package var remaining: Double?
  /// Seconds that saving took from training; nil where it is not worth a word.
  package var saving: Double?
  /// Steps whose update was left out.
  package var skippedSteps = 0
  /// Whether the epoch is being evaluated: its last step is done.
  package var isEvaluating = false
  /// Whether the bar shows the whole run; else one epoch.
  package var showsRun = false
  /// Least widths of numbers, so that fields keep their places from one drawing to the next.
  package var widths = Widths()

  /// Columns that numbers have taken so far.
  package struct Widths: Sendable, Equatable {
    var loss = 0
    var accuracy = 7
    var learningRate = 0
    var rate = 0
    var remaining = 0

    /// Creates widths that nothing has taken.
    package init() {}
  }

  /// Creates a line.
  package init(
    epoch: Int, epochs: Int, step: Int, steps: Int, loss: Double, accuracy: Double, learningRate: Double?,
    samplesPerSecond: Double?, remaining: Double?
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.loss = loss
    self.accuracy = accuracy
    self.learningRate = learningRate
    self.samplesPerSecond = samplesPerSecond
    self.remaining = remaining
  }

  /// `epoch  3/12  412/469  ━━━━━━━━━━──  loss 0.0612  accuracy 98.12 %  18,200 samples/s  ETA 0:32`
  ///
  /// What does not fit is shortened or left out, the least important first; the bar takes what is free, up to 50 columns.
  package func text(width: Int, unicode: Bool, color: Bool) -> String {
    var shown = line(withBar: true).fitted(width: width)
    if let bar = shown.firstIndex(where: { $0.number == ProgressLine.barNumber }) {
      let others = shown.map(\.text.width).reduce(2 * (shown.count - 1), +) - shown[bar].text.width
      shown[bar].text = self.bar(width: min(width - others, ProgressLine.largestBar), unicode: unicode)
    }
    return shown.map(\.text).joined(separator: "  ").prefix(columns: width).rendered(color: color)
  }

  /// For places where lines stay: everything in words, no bar.
  package func plainText(color: Bool = false) -> String {
    line(withBar: false).text(width: .max).rendered(color: color)
  }

  /// The bar gives up other fields' length for the first width, and is left out below the last.
  private static let leastBars = [10, 6]
  private static let (largestBar, barNumber) = (50, 2)

  private func line(withBar: Bool) -> FittedLine {
    let counter = "\(String(epoch).leftPadded(to: String(epochs).count))/\(epochs)"
    let counted = "\(String(step).leftPadded(to: String(steps).count))/\(steps)"
    var line = FittedLine()
    let epochField = line.append([.init("epoch ", .quiet) + .init(counter), .init(counter)])
    let stepField = line.append([withBar ? .init(counted) : .init("step ", .quiet) + .init(counted), nil])
    let bars = ProgressLine.leastBars.map { StyledText(String(repeating: "?", count: $0)) }
    let barField = line.append(withBar ? bars + [nil] : [nil])
    let loss = self.lossText
    let lossField = line.append([.init("loss ", .quiet) + loss, loss])
    let share = NumberText.percent(accuracy).leftPadded(to: widths.accuracy)
    let accuracyField = line.append([
      .init("accuracy ", .quiet) + .init(share), .init("acc ", .quiet) + .init(share), .init(share), nil,
    ])
    let rateOfLearning = learningRate.map { NumberText.significant($0).rightPadded(to: widths.learningRate) }
    let learningField = line.append([rateOfLearning.map { .init("lr ", .quiet) + .init($0) }, nil])
    let skipped = skippedSteps > 0 ? StyledText("\(NumberText.grouped(skippedSteps)) skipped", .warning) : nil
    let skippedField = line.append([skipped, nil])
    let speed = samplesPerSecond.map { NumberText.rate($0).leftPadded(to: widths.rate) }
    let rateField = line.append([
      speed.map { .init($0) + .init(" samples/s", .quiet) }, speed.map { .init($0) + .init("/s", .quiet) }, nil,
    ])
    let savingField = line.append([
      saving.map { .init("saving ", .quiet) + .init(NumberText.duration($0)) }, nil,
    ])
    let remainingField = line.append([remainingText, nil])

    line.shorten(savingField)
    line.shorten(rateField)
    line.shorten(accuracyField)
    line.shorten(barField)
    line.shorten(learningField)
    line.shorten(epochField)
    line.shorten(rateField)
    line.shorten(barField)
    line.shorten(accuracyField)
    line.shorten(remainingField)
    line.shorten(skippedField)
    line.shorten(accuracyField)
    line.shorten(lossField)
    line.shorten(stepField)
    return line
  }

  private var lossText: StyledText {
    StyledText(NumberText.loss(loss).leftPadded(to: widths.loss), loss.isFinite ? nil : .bad)
  }

  private var remainingText: StyledText? {
    if isEvaluating { return .init("evaluating".leftPadded(to: widths.remaining + 4), .quiet) }
    return remaining.map { .init("ETA ", .quiet) + .init(NumberText.clock($0).leftPadded(to: widths.remaining)) }
  }

  private func bar(width: Int, unicode: Bool) -> StyledText {
    let stepsDone = showsRun ? (epoch - 1) * steps + step : step
    let stepsInAll = showsRun ? epochs * steps : steps
    let share = stepsInAll > 0 ? min(max(Double(stepsDone) / Double(stepsInAll), 0), 1) : 0
    let done = Int(share * Double(width))
    return StyledText(String(repeating: unicode ? "━" : "=", count: done), .good)
      + StyledText(String(repeating: unicode ? "─" : "-", count: width - done), .quiet)
  }
}

extension ProgressLine.Widths {
  /// Takes in what a line shows.
  package mutating func widen(to line: ProgressLine) {
    loss = max(loss, NumberText.loss(line.loss).count)
    accuracy = max(accuracy, NumberText.percent(line.accuracy).count)
    learningRate = max(learningRate, line.learningRate.map { NumberText.significant($0).count } ?? 0)
    rate = max(rate, line.samplesPerSecond.map { NumberText.rate($0).count } ?? 0)
    remaining = max(remaining, line.remaining.map { NumberText.clock($0).count } ?? 0)
  }
}
