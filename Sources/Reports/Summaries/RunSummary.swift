import Training

/// Watches a run and sums it up at its end: time, the curve of the loss, the last evaluation, where the checkpoint lies and how to go
/// on.
public final class RunSummary: TrainingObserver {
  /// Characters of the loss curve.
  private static let points = 40

  private let command: String
  private var start: RunStart?
  private var end: RunEnd?
  private var lastEpoch: EpochReport?
  /// Sum of losses and number of steps in equal parts of the run.
  private var sums = [Double](repeating: 0, count: points)
  private var counts = [Int](repeating: 0, count: points)

  /// Creates a summary that has seen nothing.
  ///
  /// - Parameter command: how the user calls the program, for the commands that the summary names.
  public init(command: String = "lockstep") { self.command = command }

  /// Begins anew.
  public func runStarted(_ start: RunStart) {
    self.start = start
    (end, lastEpoch) = (nil, nil)
    for point in 0..<Self.points { (sums[point], counts[point]) = (0, 0) }
  }

  /// Adds the step's loss to the curve. Does not allocate.
  public func stepFinished(_ report: StepReport) {
    guard let start, start.totalSteps > start.firstStep, report.loss.isFinite else { return }
    let share = Double(report.step - 1 - start.firstStep) / Double(start.totalSteps - start.firstStep)
    let point = Int(min(max(share, 0), 1) * Double(Self.points))
    sums[min(point, Self.points - 1)] += report.loss
    counts[min(point, Self.points - 1)] += 1
  }

  /// Keeps the evaluation.
  public func epochFinished(_ report: EpochReport) { lastEpoch = report }

  /// Keeps the end.
  public func runEnded(_ end: RunEnd) { self.end = end }

  /// The summary, lines each ended by a line feed; empty before the end and after an error, which has a message of its own.
  public var text: String {
    guard let start, let end else { return "" }
    let tool = ShellText.quoted(command)
    var list = FieldList()
    switch end.reason {
    case .failed: return ""
    case .finished: list.append("finished", steps(start, end))
    case .stoppedEarly(let patience):
      let epochs = RunText.count(max(patience, 1), "epoch")
      list.append("stopped", "early, \(steps(start, end)): the loss did not get better for \(epochs)")
    case .stopped(let signal): list.append("stopped", "by \(signal), \(steps(start, end))")
    }
    if end.skippedSteps > 0 {
      list.append("skipped", "\(RunText.count(end.skippedSteps, "step")), whose loss or gradient was not finite")
    }
    list.append("loss", curve)
    if let lastEpoch {
      let metrics = lastEpoch.evaluation.values.map { MetricText.labelled($0.name, $0.value) }
      list.append(lastEpoch.evaluatedOn, metrics.isEmpty ? nil : metrics.joined(separator: "  "))
    }
    list.append("checkpoint", end.checkpoint)
    switch end.reason {
    case .finished, .stoppedEarly:
      list.append("look closer", end.checkpoint.map { "\(tool) evaluate \(ShellText.quoted($0))" })
    case .stopped: list.append("go on", "\(tool) resume \(ShellText.quoted(start.directory))")
    case .failed: break
    }
    return list.description
  }

  /// `step 5,628 of 5,628 in 41.2 s`.
  private func steps(_ start: RunStart, _ end: RunEnd) -> String {
    "step \(NumberText.grouped(end.step)) of \(NumberText.grouped(start.totalSteps))"
      + " in \(NumberText.duration(end.seconds))"
  }

  /// `▇▅▃▂▁ 2.3105 → 0.0211`; nil where no step was done.
  private var curve: String? {
    let means = zip(sums, counts).filter { $1 > 0 }.map { $0 / Double($1) }
    guard let first = means.first, let last = means.last else { return nil }
    return "\(Sparkline.text(means))  \(NumberText.loss(first)) → \(NumberText.loss(last))"
  }
}
