import Training

/// Watches a run and sums it up at its end: the curve of the loss, the last and the best evaluation, where the time went, where the
/// checkpoints lie and how to go on.
public final class RunSummary: TrainingObserver {
  /// Most characters of the loss curve.
  private static let points = 40
  /// Loss of the first part of a run over that of the last from which on the curve's scale is logarithmic.
  private static let steep = 10.0

  private let command: String
  private let subcommands: Set<String>
  private var start: RunStart?
  private var end: RunEnd?
  private var lastEpoch: EpochReport?
  private var curve = LossCurve()
  private var samples = 0

  /// Creates a summary that has seen nothing.
  ///
  /// - Parameters:
  ///   - command: how the user calls the program, for the commands that the summary names.
  ///   - subcommands: those that it has: the summary names no other.
  public init(command: String = "lockstep", subcommands: Set<String> = ["evaluate", "resume"]) {
    self.command = command
    self.subcommands = subcommands
  }

  /// Begins anew.
  public func runStarted(_ start: RunStart) {
    self.start = start
    (end, lastEpoch, samples, curve) = (nil, nil, 0, LossCurve())
  }

  /// Adds the step's loss to the curve. Does not allocate.
  public func stepFinished(_ report: StepReport) {
    samples += report.samples
    curve.add(report.loss)
  }

  /// Keeps the evaluation.
  public func epochFinished(_ report: EpochReport) { lastEpoch = report }

  /// Keeps the end.
  public func runEnded(_ end: RunEnd) { self.end = end }

  /// The summary, lines each ended by a line feed; empty before the end and after an error, which has a message of its own.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal; nil for no limit.
  ///   - unicode: whether it shows more than ASCII.
  public func text(width: Int? = nil, unicode: Bool = true) -> String {
    guard let start, let end else { return "" }
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
    list.append("time", time(end))
    // Two blanks are between names and values; the longest name is 10 columns wide.
    list.append("loss", lossCurve(width: width.map { $0 - 12 }, unicode: unicode), wraps: false)
    appendEvaluations(of: end, to: &list)
    list.append("checkpoint", end.checkpoint, wraps: false)
    for (number, line) in followUps(start, end).enumerated() {
      list.append(number == 0 ? "next" : "", line, wraps: false)
    }
    return list.text(width: width)
  }

  /// `step 5,628 of 5,628 in 41.2 s`.
  private func steps(_ start: RunStart, _ end: RunEnd) -> String {
    "step \(NumberText.grouped(end.step)) of \(NumberText.grouped(start.totalSteps))"
      + " in \(NumberText.duration(end.seconds))"
  }

  /// `training 38.1 s at 18,200 samples/s, evaluation 2.9 s, saving 0.2 s`; nil where no step was done.
  private func time(_ end: RunEnd) -> String? {
    let training = end.seconds - end.pauses.total
    guard samples > 0, training > 0 else { return nil }
    let rate = NumberText.rate(Double(samples) / training)
    return "training \(NumberText.duration(training)) at \(rate) samples/s, "
      + "evaluation \(NumberText.duration(end.pauses.evaluation)), saving \(NumberText.duration(end.pauses.saving))"
  }

  private func appendEvaluations(of end: RunEnd, to list: inout FieldList) {
    func metrics(_ values: MetricValues) -> String? {
      values.values.isEmpty
        ? nil : values.values.map { MetricText.labelled($0.name, $0.value) }.joined(separator: "  ")
    }
    if let lastEpoch { list.append(lastEpoch.evaluatedOn, metrics(lastEpoch.evaluation)) }
    guard let best = end.best else { return }
    if best.epoch == lastEpoch?.epoch {
      list.append("best", "epoch \(best.epoch), the last one")
    } else {
      list.append("best", metrics(best.evaluation).map { "epoch \(best.epoch): \($0)" })
      list.append("", best.checkpoint, wraps: false)
    }
  }

  /// Commands that go on from here.
  private func followUps(_ start: RunStart, _ end: RunEnd) -> [String] {
    let tool = ShellText.quoted(command)
    let run = ShellText.quoted(start.directory)
    if case .stopped = end.reason { return ["\(tool) resume \(run)"] }
    guard let checkpoint = end.best?.checkpoint ?? end.checkpoint else { return [] }
    let path = ShellText.quoted(checkpoint)
    let commands = [("evaluate", path), ("report", run), ("predict", "\(path) IMAGE"), ("serve", path)]
    return commands.filter { subcommands.contains($0.0) }.map { "\(tool) \($0) \($1)" }
  }

  /// `▇▅▃▂▁ 2.3105 → 0.0211`; nil where no step was done.
  private func lossCurve(width: Int?, unicode: Bool) -> String? {
    let means = curve.means(.max)
    let finite = means.filter(\.isFinite)
    guard let first = finite.first, let last = finite.last else { return nil }
    let arrow = unicode ? "→" : "->"
    let ends = "  \(NumberText.loss(first)) \(arrow) \(NumberText.loss(last))"
    let isSteep = finite.allSatisfy { $0 > 0 } && first / last >= RunSummary.steep
    let note = isSteep ? " (log scale)" : ""
    let room = (width ?? .max) - ends.count
    let points = min(RunSummary.points, room - note.count)
    let shown = points >= 8 ? curve.means(points) : curve.means(max(1, min(RunSummary.points, room)))
    let values = isSteep ? shown.map(NumberText.logarithm) : shown
    return Sparkline.text(values, unicode: unicode) + ends + (points >= 8 ? note : "")
  }
}
