import Training

/// Progress on a terminal: one line that is redrawn in place, and one line that stays for every finished epoch.
///
/// No terminal mode is changed, so a process that is killed leaves nothing behind that has to be restored. Steps that draw nothing
/// allocate nothing.
public final class ProgressBar: TrainingObserver {
  /// Carriage return, erase to the end of the line.
  private static let clear = "\r\u{1B}[K"

  private let terminal: Terminal
  private let interval: Double
  private var meter = ProgressMeter()
  private var isDrawn = false

  /// Creates a bar.
  ///
  /// - Parameters:
  ///   - terminal: where it is drawn.
  ///   - interval: least time between two drawings, in seconds.
  public init(terminal: Terminal = .standardError, interval: Double = 0.1) {
    self.terminal = terminal
    self.interval = interval
  }

  /// Says what is about to be trained.
  public func runStarted(_ start: RunStart) {
    meter.begin(start)
    terminal.write(RunText.start(start, width: terminal.width(), unicode: terminal.usesUnicode))
  }

  /// Redraws the line where it is time to.
  public func stepFinished(_ report: StepReport) {
    guard meter.isDue(report, interval: interval) else { return }
    draw(meter.line(report))
  }

  /// Says why the bar stands still.
  public func evaluationStarted(epoch: Int) {
    guard isDrawn, meter.expectsLongEvaluation, var line = meter.lastLine else { return }
    (line.epoch, line.step, line.isEvaluating) = (epoch, line.steps, true)
    draw(line)
  }

  /// Replaces the bar by the epoch's line.
  public func epochFinished(_ report: EpochReport) {
    guard let line = meter.line(report) else { return }
    terminal.write(
      (isDrawn ? Self.clear : "") + line.text(width: terminal.width(), color: terminal.usesColor) + "\n")
    isDrawn = false
  }

  /// Makes room for a warning.
  public func stepSkipped(_ report: SkippedStep) { hide() }

  /// Makes room for a warning.
  public func saveFailed(_ failure: SaveFailure) { hide() }

  /// Makes room for warnings.
  public func checkpointSaved(_ report: CheckpointReport) {
    if !report.warnings.isEmpty { hide() }
  }

  /// Removes the bar.
  public func runEnded(_ end: RunEnd) { hide() }

  private func draw(_ line: ProgressLine) {
    // The last column stays free: a character there makes some terminals wrap. The width is asked for each time: windows change theirs.
    let text = line.text(
      width: terminal.width() - 1, unicode: terminal.usesUnicode, color: terminal.usesColor)
    terminal.write("\r\(text)\u{1B}[K")
    isDrawn = true
  }

  private func hide() {
    if isDrawn { terminal.write(Self.clear) }
    isDrawn = false
  }
}
