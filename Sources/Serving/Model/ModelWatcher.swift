import Dispatch
import Training

/// Looks for newer good checkpoints of a run that trains, and has them served.
final class ModelWatcher: @unchecked Sendable {
  // Safe to send: a timer may be cancelled from anywhere, and nothing else is done with it.

  /// How often it looks.
  private static let period = DispatchTimeInterval.milliseconds(1000)

  private let timer: any DispatchSourceTimer

  /// - Parameters:
  ///   - directory: the run's.
  ///   - report: gets a line for the person at the terminal.
  init(
    directory: String, queue predictions: PredictionQueue, metrics: ServerMetrics, machine: Machine,
    report: @escaping @Sendable (String) -> Void
  ) {
    let queue = DispatchQueue(label: "lockstep.checkpoints", qos: .utility)
    timer = DispatchSource.makeTimerSource(queue: queue)
    // Only the timer's queue touches it.
    let poller = CheckpointPoller(
      directory: directory, served: predictions.description.path, predictions: predictions, metrics: metrics,
      machine: machine, report: report)
    timer.schedule(deadline: .now() + ModelWatcher.period, repeating: ModelWatcher.period)
    timer.setEventHandler { poller.poll() }
    timer.activate()
  }

  deinit { timer.cancel() }
}
