import Training

/// Logs a run as `metrics.jsonl` and `metrics.csv` in its directory: a row every few steps and one an epoch.
///
/// A resumed run continues both files without repeated or missing rows. All fields but `samplesPerSecond`, `seconds` and
/// `threads` depend on the config, the data and the seed alone.
///
/// - `kind`: `step` or `epoch`.
/// - `step`: steps done; `epoch`: from 1.
/// - `loss`, `accuracy` and the config's other metrics: of the step's minibatch, or over the epoch's minibatches.
/// - `learningRate`: of the step's update.
/// - `gradientNorm`: before clipping; of steps only.
/// - `evaluatedOn`, `evaluationLoss`, `evaluationAccuracy`, …: epochs only; `test` or `validation`.
/// - `skippedSteps`: since the run began, where there were any; only in `metrics.jsonl`. The loss of a skipped step may be `null`; an
///   epoch's metrics are those of the other steps.
/// - `samplesPerSecond`: since the row of the step before, or over the epoch.
/// - `seconds`: since the run or its resume started.
/// - `threads`: workers of the process; only in `metrics.jsonl`, in the first row of a step that a process writes, and in those of epochs.
public final class MetricsLog: TrainingObserver {
  private let everySteps: Int
  private let columns: MetricsColumns
  private var json: MetricsFile?
  private var csv: MetricsFile?
  private var threads = 0
  /// Whether this process has written down its number of threads.
  private var hasIntroducedItself = false
  private var samples = 0
  private var secondsAtRow = 0.0
  private var secondsAtFlush = 0.0

  /// Creates a log; the files are opened when the run starts.
  ///
  /// - Parameters:
  ///   - everySteps: steps from one row to the next, counted from the start of the run; 0 for rows of epochs only.
  ///   - metrics: names of the config's metrics; `loss` and `accuracy` are always logged.
  public init(everySteps: Int, metrics: [String]) {
    self.everySteps = everySteps
    columns = MetricsColumns(metrics: metrics)
  }

  /// Opens the files and cuts off rows after `start.firstStep`.
  ///
  /// - Throws: `MetricsLogError` where a file cannot be read, written or continued.
  public func runStarted(_ start: RunStart) throws(MetricsLogError) {
    let directory = start.directory.isEmpty ? "." : start.directory
    // Before the first of the two is touched.
    try MetricsFile.check(directory + "/metrics.csv", format: .csv, columns: columns)
    json = try MetricsFile(
      directory + "/metrics.jsonl", in: directory, format: .jsonl, columns: columns, firstStep: start.firstStep)
    csv = try MetricsFile(
      directory + "/metrics.csv", in: directory, format: .csv, columns: columns, firstStep: start.firstStep)
    (samples, secondsAtRow, secondsAtFlush) = (0, 0, 0)
    (threads, hasIntroducedItself) = (start.threads, false)
  }

  /// Writes a row where it is time to.
  public func stepFinished(_ report: StepReport) {
    samples += report.samples
    guard everySteps > 0, report.step.isMultiple(of: everySteps) else { return }
    var values: [(column: String, value: MetricsRow.Value)] = [
      ("loss", .number(report.loss)), ("accuracy", .number(report.accuracy)),
      ("learningRate", .number(report.learningRate)),
    ]
    if let norm = report.gradientNorm { values.append(("gradientNorm", .number(norm))) }
    let elapsed = report.seconds - secondsAtRow
    if elapsed > 0 { values.append(("samplesPerSecond", .number(Double(samples) / elapsed))) }
    values.append(("seconds", .number(report.seconds)))
    if report.skippedSteps > 0 { values.append(("skippedSteps", .integer(report.skippedSteps))) }
    if !hasIntroducedItself { values.append(("threads", .integer(threads))) }
    hasIntroducedItself = true
    (samples, secondsAtRow) = (0, report.seconds)

    append(MetricsRow(kind: .step, step: report.step, epoch: report.epoch, values: values))
    // Somebody may watch the file grow.
    if report.seconds - secondsAtFlush >= 1 { flush(at: report.seconds) }
  }

  /// Writes the epoch's row.
  public func epochFinished(_ report: EpochReport) {
    var values: [(column: String, value: MetricsRow.Value)] = []
    for metric in columns.metrics {
      if let value = report.training[metric] { values.append((metric, .number(value))) }
    }
    values.append(("evaluatedOn", .text(report.evaluatedOn)))
    for metric in columns.metrics {
      if let value = report.evaluation[metric] {
        values.append((MetricsColumns.evaluationColumn(metric), .number(value)))
      }
    }
    values.append(("samplesPerSecond", .number(report.samplesPerSecond)))
    values.append(("seconds", .number(report.seconds)))
    if report.skippedSteps > 0 { values.append(("skippedSteps", .integer(report.skippedSteps))) }
    values.append(("threads", .integer(threads)))
    hasIntroducedItself = true
    append(MetricsRow(kind: .epoch, step: report.step, epoch: report.epoch, values: values))
    flush(at: report.seconds)
    // The evaluation is no part of a step's rate.
    (samples, secondsAtRow) = (0, report.seconds)
  }

  /// Hands all rows to the system.
  ///
  /// - Returns: what makes them durable.
  /// - Throws: `MetricsLogError` where the system does not take them; so does what is returned.
  public func checkpointWillBeSaved(step: Int) throws -> (@Sendable () throws -> Void)? {
    let (json, csv) = (try self.json?.synchronization(), try self.csv?.synchronization())
    return {
      try json?()
      try csv?()
    }
  }

  /// Writes what is left and closes the files.
  public func runEnded(_ end: RunEnd) {
    flush(at: end.seconds)
    json = nil
    csv = nil
  }

  private func append(_ row: MetricsRow) {
    json?.append(row)
    csv?.append(row)
  }

  /// A failure here loses nothing: the rows stay in memory, and the next checkpoint reports it if it lasts.
  private func flush(at seconds: Double) {
    secondsAtFlush = seconds
    try? json?.flush()
    try? csv?.flush()
  }
}
