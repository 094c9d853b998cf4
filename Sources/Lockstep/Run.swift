import Datasets
import Reports
import Settings
import Training

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
    let beginning = try RunBeginning(
      newestOf: config, in: directory, resumes: resuming, acceptsOtherBits: acceptsOtherBits,
      vocabulary: .standard.including(config)
    ) { skipped in
      for reason in skipped { onEvent(.warning("passed over: \(reason)")) }
    }
    let data = try config.data.prepare(context: .ofProcess, seed: config.seed)
    return try Trainer.prepare(
      config, in: directory, from: beginning, data: data, machine: machine,
      observers: config.logs() + observers + [EventReporter(everySteps: everySteps, onEvent)], request: stop
    ).run()
  }

  /// Trains on a thread of its own, and says what happens.
  ///
  ///     for try await event in run.events() { print(event) }
  ///
  /// The run begins at once. Where the task that iterates is cancelled, or nobody iterates any more, it stops after its current step, and
  /// saves; the next run with `resuming` goes on there. `RunEvents.stop()` waits for that: a program that ends, or begins the next
  /// run in the same directory, before the last checkpoint is on the disk, has not waited long enough.
  ///
  /// - Parameters:
  ///   - resuming: as in `train`.
  ///   - everySteps: as in `train`. Events that nobody has taken yet wait in memory.
  ///   - acceptsOtherBits: as in `train`.
  ///   - observers: makes those of `train`, on the run's thread.
  /// - Returns: the events, the last of which is `RunEvent.ended`; iterating throws what `train` throws.
  public func events(
    resuming: Bool = false, everySteps: Int? = nil, acceptsOtherBits: Bool = false,
    observers: @escaping @Sendable () -> [any TrainingObserver] = { [] }
  ) -> RunEvents {
    RunEvents { stop, onEvent in
      try train(
        resuming: resuming, everySteps: everySteps, acceptsOtherBits: acceptsOtherBits, observers: observers(),
        stop: stop, onEvent: onEvent)
    }
  }
}
