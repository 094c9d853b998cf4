import Training

/// What both kinds of progress keep between steps: rates, remaining time, when to show something again.
struct ProgressMeter {
  /// Epochs of a run each of which gets a line, however short it is.
  private static let fewEpochs = 100
  /// Seconds after which any epoch gets a line.
  private static let longWithoutLine = 10.0
  /// Seconds from which on saving is worth a word.
  private static let notableSaving = 0.05
  /// Seconds from which on an evaluation is.
  private static let notableEvaluation = 0.2

  private var start: RunStart?
  private var firstLearningRate: Double?
  private var isScheduled = false
  private var samplesSinceShown = 0
  private var (secondsShown, trainingShown) = (0.0, 0.0)
  private var smoothedRate: Double?
  private var remaining = RemainingTime(firstStep: 0)
  private var bestLoss: Double?
  private var (secondsOfLastLine, pausesOfLastLine) = (0.0, Pauses())
  private var widths = ProgressLine.Widths()
  private var epochWidths = EpochLine.Widths()
  /// The last line that was shown.
  private(set) var lastLine: ProgressLine?

  /// Whether the run has so many epochs that not each gets a line, and the bar shows all of them.
  private var hasManyEpochs: Bool { (start?.epochs ?? 0) > ProgressMeter.fewEpochs }

  /// Begins a run.
  mutating func begin(_ start: RunStart) {
    self = ProgressMeter()
    self.start = start
    bestLoss = start.bestLoss
    remaining = RemainingTime(firstStep: start.firstStep)
  }

  /// Takes a step in. Does not allocate.
  ///
  /// - Returns: whether `interval` seconds have gone by since a line was shown.
  mutating func isDue(_ report: StepReport, interval: Double) -> Bool {
    samplesSinceShown += report.samples
    if let firstLearningRate {
      if report.learningRate != firstLearningRate { isScheduled = true }
    } else {
      firstLearningRate = report.learningRate
    }
    return report.seconds - secondsShown >= interval
  }

  /// The line for a step that is now shown.
  mutating func line(_ report: StepReport) -> ProgressLine {
    let elapsed = report.seconds - report.pauses.total - trainingShown
    if elapsed > 0 {
      let rate = Double(samplesSinceShown) / elapsed
      // Half of the weight is on the last second and a half, whatever the drawing rate.
      let weight = min(elapsed / 2, 1)
      smoothedRate = smoothedRate.map { $0 + weight * (rate - $0) } ?? rate
    }
    wasShown(seconds: report.seconds, pauses: report.pauses)
    remaining.add(step: report.step, seconds: report.seconds, pauses: report.pauses)
    var line = ProgressLine(
      epoch: report.epoch, epochs: start?.epochs ?? 0, step: report.stepInEpoch, steps: start?.stepsPerEpoch ?? 0,
      loss: report.epochLoss, accuracy: report.epochAccuracy, learningRate: isScheduled ? report.learningRate : nil,
      samplesPerSecond: smoothedRate,
      remaining: remaining.seconds(
        steps: (start?.totalSteps ?? 0) - report.step, evaluations: (start?.epochs ?? 0) - report.epoch + 1))
    line.saving = report.pauses.saving >= ProgressMeter.notableSaving ? report.pauses.saving : nil
    line.skippedSteps = report.skippedSteps
    line.showsRun = hasManyEpochs || start?.stepsPerEpoch == 1
    widths.widen(to: line)
    line.widths = widths
    lastLine = line
    return line
  }

  /// Takes an epoch in.
  ///
  /// - Returns: its line, or nil where the run has so many short epochs that only some get one.
  mutating func line(_ report: EpochReport) -> EpochLine? {
    remaining.addEvaluation(pauses: report.pauses)
    let loss = report.evaluation["loss"] ?? .nan
    let isBest = bestLoss.map { loss < $0 } ?? !loss.isNaN
    if isBest { bestLoss = loss }
    let seconds = report.seconds - secondsOfLastLine
    let epochs = start?.epochs ?? 0
    guard isShown(epoch: report.epoch, of: epochs, seconds: seconds) else { return nil }
    let pauses = Pauses(
      evaluation: report.pauses.evaluation - pausesOfLastLine.evaluation,
      saving: report.pauses.saving - pausesOfLastLine.saving)
    wasShown(seconds: report.seconds, pauses: report.pauses)
    (secondsOfLastLine, pausesOfLastLine) = (report.seconds, report.pauses)
    epochWidths.widen(to: report, seconds: seconds)
    return EpochLine(
      report, epochs: epochs, seconds: seconds, pauses: pauses, isBest: isBest, widths: epochWidths)
  }

  private mutating func wasShown(seconds: Double, pauses: Pauses) {
    (samplesSinceShown, secondsShown, trainingShown) = (0, seconds, seconds - pauses.total)
  }

  /// Whether an evaluation will take so long that it is worth a word: not known before the first one.
  var expectsLongEvaluation: Bool { remaining.evaluation.map { $0 >= ProgressMeter.notableEvaluation } ?? true }

  private func isShown(epoch: Int, of epochs: Int, seconds: Double) -> Bool {
    guard hasManyEpochs else { return true }
    // 1, 2, 5, 10, 20, 50 … so that about a hundred lines come of all epochs.
    var (stride, factors) = (1, [2.0, 2.5, 2.0])
    while epochs / stride > ProgressMeter.fewEpochs {
      stride = Int(Double(stride) * factors[0])
      factors.append(factors.removeFirst())
    }
    return epoch.isMultiple(of: stride) || epoch == epochs || seconds >= ProgressMeter.longWithoutLine
  }
}
