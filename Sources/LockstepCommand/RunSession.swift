import ArgumentParser
import Datasets
import Foundation
import Reports
import Training
import Workers

/// One training at the terminal: puts the trainer, its watchers and the signals together, and shows how it ended.
struct RunSession {
  let machine: Machine
  let progress: ProgressOptions
  /// For how many seconds a step may make no progress; nil for any time.
  let stallTimeout: Double?

  /// Trains, and ends with exit code 75 where a signal stopped the run.
  func train(_ config: RunConfig, in path: String, from beginning: RunBeginning) throws {
    let request = StopRequest()
    let summary = RunSummary(
      command: CommandLine.arguments.first ?? "lockstep",
      subcommands: Set(LockstepCommand.configuration.subcommands.compactMap { $0.configuration.commandName }))
    let display = ProgressDisplay.make(mode: progress.mode)
    // Warnings behind the display, which makes room for them.
    let watchers: [any TrainingObserver] = [summary] + (display.map { [$0] } ?? []) + [RunWarnings()]
    let signals = SignalWatcher(
      request,
      beforeStart: { signal in
        Console.error("lockstep: stopped by \(signal) before the first step; there was nothing to save")
      },
      beforeExit: { Console.error("\nlockstep: ended at once; steps after the last checkpoint are lost") })
    let notice = LoadingNotice(config.data, isShown: progress.mode != .none)
    let data = try config.prepareData()
    notice.cancel()
    let trainer = try Trainer.prepare(
      config, in: path, from: beginning, data: data, machine: machine,
      observers: config.logs() + watchers, request: request, watchdog: watchdog)
    if beginning.checkpoint != nil, trainer.position.isFinished {
      Console.error(
        "lockstep: all \(config.training.epochs) epochs are done already; 'lockstep resume --epochs N' goes on")
    }
    signals.begin()
    let end = try withExtendedLifetime(signals) { try trainer.run() }
    let isStopped = if case .stopped = end.reason { true } else { false }
    if !progress.quiet { try show(summary, of: path, isStopped: isStopped) }
    if isStopped { throw ExitCode(Outcome.stopped.rawValue) }
  }

  /// Prints the summary. The run is on the disk, whether or not its summary finds a reader or a place: a full disk under the log costs
  /// no step, progress that cannot be written is passed over, and only the answer, which a script may wait for, ends with an error. Not
  /// so where the run was stopped: that it can be resumed is what who called it has to learn.
  private func show(_ summary: RunSummary, of path: String, isStopped: Bool) throws {
    let text = summary.text(width: Terminal.outputWidth, unicode: Terminal.standardOutput.usesUnicode)
    do {
      try Console.tell(text.trimmingSuffix("\n"))
    } catch {
      let hint = isStopped ? "the run is saved, and 'lockstep resume \(path)' goes on" : "the run is saved in \(path)"
      Console.error("lockstep: \(error); \(hint)")
      if !isStopped { throw ExitCode(Outcome(of: error).rawValue) }
    }
  }
}

extension RunSession {
  /// How long the end of a run that is stuck waits for a checkpoint that is being written.
  private static let secondsToFinishWriting = 10.0

  /// Ends the process when a phase does not end. There is no way to end the phase alone: threads cannot be taken out of their work.
  private func watchdog(_ directory: RunDirectory) -> Watchdog? {
    stallTimeout.map { seconds in
      Watchdog(seconds: seconds) { stall in
        Console.error(
          "\nlockstep: \(stall); ended, and the checkpoints are as they were: 'lockstep resume \(directory.path)' goes on "
            + "from the newest (--stall-timeout sets the limit)")
        directory.finishWriting(within: RunSession.secondsToFinishWriting)
        _exit(Outcome.stalled.rawValue)
      }
    }
  }
}

/// Says on standard error what went wrong without ending the run.
private final class RunWarnings: TrainingObserver {
  /// So many skipped steps are told of one by one; of more than that, only every hundredth.
  private static let fewSkippedSteps = 10
  private var skippedSteps = 0

  func runStarted(_ start: RunStart) {}
  func stepFinished(_ report: StepReport) {}
  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) {}

  func stepSkipped(_ report: SkippedStep) {
    skippedSteps += 1
    guard skippedSteps <= RunWarnings.fewSkippedSteps || skippedSteps.isMultiple(of: 100) else { return }
    Console.error(
      "lockstep: warning: step \(report.step): \(report.cause) is not a finite number; its update is skipped "
        + "(\(report.skippedSteps) so far)")
  }

  func saveFailed(_ failure: SaveFailure) {
    Console.error(
      "lockstep: warning: step \(failure.step): \(failure.reason); training goes on, and the next save is tried when it is due"
    )
  }

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

extension String {
  /// Without one line feed at the end, where there is one.
  func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
