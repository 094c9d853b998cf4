import Training

/// Progress where lines stay (a log file, a service manager): a line for every finished epoch and one now and then in between.
public final class PlainProgress: TrainingObserver {
  /// A run of hours needs no line every few seconds: they come after a twentieth of the time so far, up to this many seconds.
  private static let longestInterval = 60.0

  private let terminal: Terminal
  private let interval: Double
  private var meter = ProgressMeter()

  /// Creates the observer.
  ///
  /// - Parameters:
  ///   - terminal: where lines are written.
  ///   - interval: least time between two lines, in seconds; it grows with the run, to a minute.
  public init(terminal: Terminal = .standardError, interval: Double = 5) {
    self.terminal = terminal
    self.interval = interval
  }

  /// Says what is about to be trained.
  public func runStarted(_ start: RunStart) {
    meter.begin(start)
    terminal.write(RunText.start(start))
  }

  /// Writes a line where it is time to.
  public func stepFinished(_ report: StepReport) {
    let interval = max(interval, min(report.seconds / 20, PlainProgress.longestInterval))
    guard meter.isDue(report, interval: interval) else { return }
    terminal.write(meter.line(report).plainText(color: terminal.usesColor) + "\n")
  }

  /// Writes the epoch's line.
  public func epochFinished(_ report: EpochReport) {
    guard let line = meter.line(report) else { return }
    terminal.write(line.text(color: terminal.usesColor) + "\n")
  }

  /// Nothing to do.
  public func runEnded(_ end: RunEnd) {}
}
