import Checkpoints
import Datasets
import Dispatch
import Reports
import Settings
import Training
import Workers

/// One training run: a config and the directory that its checkpoints and logs go to.
///
///     let run = Run(config, in: "Checkpoints/digits")
///     let end = try run.train { print($0) }
///
/// What it trains is bit for bit what `lockstep train` makes of the same config and data, on any number of threads; the directory is
/// the same too, so that `lockstep inspect`, `evaluate` and Keras take it. Nothing here ends the process, handles a signal or prints.
public struct Run: Sendable {
  /// What decides the result.
  public let config: RunConfig
  /// Where checkpoints and logs go.
  public let directory: String
  /// Worker threads; nil for one for each processor that affinity and the control groups' quota allow.
  public let threads: Int?

  /// Describes a run; nothing is done yet.
  ///
  /// - Parameters:
  ///   - config: out of a file, or put together in code.
  ///   - directory: where checkpoints and logs go; by default `Checkpoints/` and the config's name. Made when the run begins.
  ///   - threads: worker threads, 1 to 128; they change the time and not the result.
  public init(_ config: RunConfig, in directory: String? = nil, threads: Int? = nil) {
    self.config = config
    self.directory = directory ?? RunDirectory.defaultPath(name: config.name)
    self.threads = threads
  }

  /// Trains on the calling thread, to the end of the last epoch or until `stop` is asked to; either way the last state is on the disk when
  /// this returns.
  ///
  /// - Parameters:
  ///   - resuming: whether to go on where the directory's newest good checkpoint is, and afresh where there is none. Without it a
  ///     directory that holds checkpoints is refused.
  ///   - everySteps: steps between two `RunEvent.step`s; nil for none of them.
  ///   - acceptsOtherBits: whether a checkpoint of another instruction set, whose kernels round differently, may be resumed.
  ///   - observers: told of every step, in the hot path.
  ///   - stop: may be asked, from any thread, to stop after the current step or to save. What was asked once holds: each run has its own.
  ///   - onEvent: told, on the calling thread, of what happens.
  /// - Returns: how the run ended, and its newest checkpoint.
  /// - Throws: `DatasetError`, `SettingsError`, `TrainingError`, `CheckpointError`, `WriteError`, `InstructionSetError`, or what an observer
  ///   throws. Each describes itself in one line.
  @discardableResult
  public func train(
    resuming: Bool = false, everySteps: Int? = nil, acceptsOtherBits: Bool = false,
    observers: [any TrainingObserver] = [], stop: StopRequest = StopRequest(),
    onEvent: @escaping (RunEvent) -> Void = { _ in }
  ) throws -> RunEnd {
    let machine = try Machine.ofProcess(threads: threads)
    let lastStep = try RunDirectory.lastStep(in: directory)
    let newest = lastStep == nil ? nil : try newestCheckpoint(resuming: resuming, onEvent)
    let data = try config.data.prepare(context: .ofProcess, seed: config.seed)
    // Before a directory is made for it.
    try config.check(data, on: machine, resumes: newest != nil)
    let opened = try RunDirectory(path: directory, config: config.checkpoint)
    // Only now that the lock is ours do the checkpoints stay as they are.
    guard try RunDirectory.lastStep(in: directory) == lastStep else {
      throw TrainingError.directoryChanged(path: directory)
    }
    let log = MetricsLog(everySteps: config.logging.everySteps, metrics: config.training.metrics.map(\.name))
    let events = config.logging.tensorBoard ? [TensorBoardLog(config)] : []
    let reporter = EventReporter(everySteps: everySteps, onEvent)
    let trainer = try Trainer(
      config: config, data: data, directory: opened, machine: machine,
      observers: [log] + events + observers + [reporter], request: stop)
    if let newest {
      try trainer.restore(newest.checkpoint, from: newest.path, acceptsOtherBits: acceptsOtherBits)
    }
    try opened.save(config)
    return try trainer.run()
  }

  /// What is to be resumed; nil where no checkpoint is good, so that the run begins afresh.
  private func newestCheckpoint(
    resuming: Bool, _ onEvent: (RunEvent) -> Void
  ) throws -> (checkpoint: Checkpoint, path: String)? {
    guard resuming else { throw TrainingError.directoryInUse(path: directory) }
    let newest = try RunDirectory.newestCheckpoint(in: directory)
    for skipped in newest.skipped { onEvent(.warning("passed over: \(skipped)")) }
    guard let found = newest.found else { return nil }
    let vocabulary = try ConfigVocabulary.standard.including(config)
    let earlier = try RunConfig(text: found.checkpoint.run.config, source: found.path, vocabulary: vocabulary)
    let differences = config.differences(from: earlier)
    guard differences.isEmpty else { throw TrainingError.otherConfig(path: found.path, differences: differences) }
    return found
  }

  /// Trains on a thread of its own, and says what happens.
  ///
  ///     for try await event in run.events() { print(event) }
  ///
  /// The run begins at once. Where the task that iterates is cancelled, or nobody iterates any more, it is stopped after its current
  /// step, and saved; the next run with `resuming` goes on there.
  ///
  /// - Parameters:
  ///   - resuming: as in `train`.
  ///   - everySteps: as in `train`.
  /// - Returns: the events, the last of which is `RunEvent.ended`; iterating throws what `train` throws.
  public func events(resuming: Bool = false, everySteps: Int? = nil) -> AsyncThrowingStream<RunEvent, any Error> {
    AsyncThrowingStream { continuation in
      let stop = StopRequest()
      continuation.onTermination = { _ in stop.stop() }
      DispatchQueue(label: "lockstep.run", qos: .userInitiated).async {
        do {
          try train(resuming: resuming, everySteps: everySteps, stop: stop) { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
    }
  }
}
