import ArgumentParser
import Checkpoints
import Datasets
import Foundation
import Reports
import Training
import Workers

/// One training at the terminal: puts the trainer, its watchers and the signals together, and shows how it ended.
struct RunSession {
  /// Where a run begins.
  enum Beginning {
    /// At step 0.
    case fresh
    /// After a checkpoint.
    case checkpoint(Checkpoint, path: String, acceptsOtherBits: Bool)

    var isCheckpoint: Bool { if case .checkpoint = self { true } else { false } }
  }

  let machine: Machine
  let progress: ProgressMode

  /// Trains, and ends with exit code 75 where a signal stopped the run.
  ///
  /// - Parameter lastStep: of the checkpoints in the directory when the beginning was chosen.
  func train(_ config: RunConfig, in path: String, lastStep: Int?, from beginning: Beginning) throws {
    let data = try config.prepareData()
    // Before a directory is made for it.
    try config.check(data, on: machine, resumes: beginning.isCheckpoint)
    let directory = try RunDirectory(path: path, config: config.checkpoint)
    // Only now that the lock is ours do the checkpoints stay as they are.
    guard try RunDirectory.lastStep(in: path) == lastStep else { throw TrainingError.directoryChanged(path: path) }
    let request = StopRequest()
    let summary = RunSummary(command: CommandLine.arguments.first ?? "lockstep")
    let log = MetricsLog(everySteps: config.logging.everySteps, metrics: config.training.metrics.map(\.name))
    let display = ProgressDisplay.make(mode: progress)
    // Warnings behind the display, which makes room for them.
    let observers: [any TrainingObserver] = [log, summary] + (display.map { [$0] } ?? []) + [SaveWarnings()]
    let trainer = try Trainer(
      config: config, data: data, directory: directory, machine: machine, observers: observers, request: request)
    if case .checkpoint(let checkpoint, let path, let acceptsOtherBits) = beginning {
      try trainer.restore(checkpoint, from: path, acceptsOtherBits: acceptsOtherBits)
      if trainer.position.isFinished {
        Console.error(
          "lockstep: all \(config.training.epochs) epochs are done already; 'lockstep resume --epochs N' goes on")
      }
    }
    try directory.save(config)
    // Until here a signal ends the process at once, as ever: there is nothing yet that it could save.
    let signals = SignalWatcher(request) {
      Console.error("\nlockstep: ended at once; steps after the last checkpoint are lost")
    }
    let end = try withExtendedLifetime(signals) { try trainer.run() }
    // The run is on the disk, whether or not its summary finds a reader.
    try? Console.answer(summary.text.trimmingSuffix("\n"))
    if case .stopped = end.reason { throw ExitCode(Outcome.stopped.rawValue) }
  }
}

/// Says on standard error what went wrong around a checkpoint that is nevertheless in its place.
private final class SaveWarnings: TrainingObserver {
  func runStarted(_ start: RunStart) {}
  func stepFinished(_ report: StepReport) {}
  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) {}

  func checkpointSaved(_ report: CheckpointReport) {
    for warning in report.warnings { Console.error("lockstep: warning: \(warning)") }
  }
}

extension RunConfig {
  /// Loads the samples that the config names.
  func prepareData() throws(DatasetError) -> PreparedData {
    try data.prepare(context: .ofProcess, seed: seed)
  }
}

extension DatasetContext {
  /// The folder of data sets that the environment names, and the memory that can be had.
  static var ofProcess: DatasetContext {
    DatasetContext(
      environment: ProcessInfo.processInfo.environment, largestBytes: MemoryLimit.current()?.bytes ?? .max)
  }
}

extension String {
  /// Without one line feed at the end, where there is one.
  func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
