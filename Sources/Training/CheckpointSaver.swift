import Checkpoints

/// When to save, and what came of it: the trainer's side of the checkpoint store.
final class CheckpointSaver {
  /// Position of the newest checkpoint that was handed to the store or restored.
  private(set) var lastPosition: RunPosition?
  /// File of the newest checkpoint that is in its place.
  private(set) var newestPath: String?

  private let store: CheckpointStore
  private let config: CheckpointConfig
  private let clock = ContinuousClock()
  private var lastTime: ContinuousClock.Instant

  init(store: CheckpointStore, config: CheckpointConfig) {
    self.store = store
    self.config = config
    lastTime = clock.now
  }

  /// Whether the config wants a checkpoint of this position. `everySeconds` looks at the clock, which decides when to save but never what.
  func isDue(_ position: RunPosition) -> Bool {
    if position == lastPosition { return false }
    if config.everyEpochs > 0, position.batchOfNextStep == 0, position.epochsFinished % config.everyEpochs == 0 {
      return true
    }
    if let everySteps = config.everySteps, position.step % everySteps == 0 { return true }
    if let everySeconds = config.everySeconds { return Stopwatch.seconds(clock.now - lastTime) >= everySeconds }
    return false
  }

  /// Hands a snapshot to the store's queue.
  ///
  /// - Parameter preparations: what is to be done there before.
  /// - Throws: `WriteError`, of an earlier save.
  func save(
    _ checkpoint: Checkpoint, position: RunPosition, after preparations: [@Sendable () throws -> Void]
  ) throws(WriteError) {
    try store.save(checkpoint) { for prepare in preparations { try prepare() } }
    lastPosition = position
    lastTime = clock.now
  }

  /// Forgets the newest checkpoint, which did not reach the disk.
  func forgetLast() { lastPosition = nil }

  /// Remembers where the run was taken up.
  ///
  /// Only a checkpoint in the run's own directory counts as saved: a run that branches off into a new directory saves there at its end,
  /// even where nothing was left to do.
  func restored(position: RunPosition, path: String) {
    newestPath = path
    let isHere = (try? store.list())?.contains { $0.step == position.step } ?? false
    if isHere { lastPosition = position }
  }

  /// The file of a step's checkpoint; nil where the directory has none.
  func path(step: Int) -> String? { (try? store.list())?.first { $0.step == step }?.path }

  /// What has reached the disk since the last call.
  func takeReports() throws(WriteError) -> [CheckpointReport] { reports(try store.takeSaved()) }

  /// Waits until everything has.
  func finish() throws(WriteError) -> [CheckpointReport] { reports(try store.finish()) }

  private static func warnings(_ saved: SavedCheckpoint) -> [String] {
    var warnings = saved.notRemoved.map { "an older checkpoint could not be removed: \($0)" }
    if case .directoryNotFlushed(let error) = saved.outcome {
      warnings.append("\(saved.path) may not survive a power cut, so older checkpoints are kept: \(error)")
    }
    return warnings
  }

  private func reports(_ saved: [SavedCheckpoint]) -> [CheckpointReport] {
    if let newest = saved.last { newestPath = newest.path }
    return saved.map {
      CheckpointReport(
        step: $0.step, path: $0.path, bytes: $0.bytes, seconds: $0.seconds, warnings: CheckpointSaver.warnings($0))
    }
  }
}
