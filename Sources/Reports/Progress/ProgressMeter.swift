import Training

/// What both kinds of progress keep between steps: rates, remaining time, when to show something again.
struct ProgressMeter {
  private var start: RunStart?
  private var firstLearningRate: Double?
  private var isScheduled = false
  private var samplesSinceShown = 0
  private var secondsShown = 0.0
  private var smoothedRate: Double?
  private var secondsAtEpochStart = 0.0

  /// Epochs of the run.
  var epochs: Int { start?.epochs ?? 0 }

  /// Begins a run.
  mutating func begin(_ start: RunStart) {
    self = ProgressMeter()
    self.start = start
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
    let elapsed = report.seconds - secondsShown
    if elapsed > 0 {
      let rate = Double(samplesSinceShown) / elapsed
      // Half of the weight is on the last second and a half, whatever the drawing rate.
      let weight = min(elapsed / 2, 1)
      smoothedRate = smoothedRate.map { $0 + weight * (rate - $0) } ?? rate
      (samplesSinceShown, secondsShown) = (0, report.seconds)
    }
    var line = ProgressLine(
      epoch: report.epoch, epochs: epochs, step: report.stepInEpoch, steps: start?.stepsPerEpoch ?? 0,
      loss: report.epochLoss, accuracy: report.epochAccuracy, learningRate: isScheduled ? report.learningRate : nil,
      samplesPerSecond: smoothedRate, remaining: remaining(report))
    line.skippedSteps = report.skippedSteps
    return line
  }

  /// The line of a finished epoch.
  mutating func line(_ report: EpochReport, width: Int? = nil) -> String {
    let seconds = report.seconds - secondsAtEpochStart
    (samplesSinceShown, secondsShown, secondsAtEpochStart) = (0, report.seconds, report.seconds)
    return EpochLine.text(report, epochs: epochs, seconds: seconds, width: width)
  }

  /// From the mean of all steps of this process, so that evaluations and saves count too.
  private func remaining(_ report: StepReport) -> Double? {
    guard let start, report.step > start.firstStep else { return nil }
    return report.seconds / Double(report.step - start.firstStep) * Double(max(0, start.totalSteps - report.step))
  }
}
