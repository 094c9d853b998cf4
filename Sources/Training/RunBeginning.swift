import Checkpoints
import Datasets

/// Where a run begins.
package struct RunBeginning: Sendable {
  /// The checkpoint that it goes on from, and its file; nil for step 0.
  package let checkpoint: (Checkpoint, path: String)?
  /// Whether a checkpoint of another instruction set, whose kernels round differently, may be resumed.
  package let acceptsOtherBits: Bool
  /// Highest step of the checkpoints in the run's directory when this was decided, good or not.
  package let lastStep: Int?

  /// After a checkpoint that was chosen.
  package init(after checkpoint: Checkpoint, path: String, acceptsOtherBits: Bool, lastStep: Int?) {
    self.checkpoint = (checkpoint, path)
    (self.acceptsOtherBits, self.lastStep) = (acceptsOtherBits, lastStep)
  }

  /// Where the newest good checkpoint of a run's directory is, and at step 0 where there is none.
  ///
  /// - Parameters:
  ///   - resumes: whether it may go on; without it a directory that holds checkpoints is refused.
  ///   - vocabulary: what the checkpoint's config may name.
  ///   - passedOver: told of damaged checkpoints that are newer, a line each, also where the run is then refused.
  /// - Throws: `TrainingError.directoryInUse`, `otherConfig`, `CheckpointError`, `SettingsError`.
  package init(
    newestOf config: RunConfig, in directory: String, resumes: Bool, acceptsOtherBits: Bool,
    vocabulary: ConfigVocabulary = .standard, passedOver: (_ skipped: [String]) -> Void
  ) throws {
    self.acceptsOtherBits = acceptsOtherBits
    lastStep = try RunDirectory.lastStep(in: directory)
    guard lastStep != nil else {
      checkpoint = nil
      return
    }
    guard resumes else { throw TrainingError.directoryInUse(path: directory) }
    let newest = try RunDirectory.newestCheckpoint(in: directory)
    passedOver(newest.skipped)
    checkpoint = newest.found.map { ($0.checkpoint, $0.path) }
    guard let found = newest.found else { return }
    let earlier = try RunConfig(text: found.checkpoint.run.config, source: found.path, vocabulary: vocabulary)
    let differences = config.differences(from: earlier)
    guard differences.isEmpty else { throw TrainingError.otherConfig(path: found.path, differences: differences) }
  }
}

extension Trainer {
  /// Puts a run together: checks it, takes the directory's lock, and restores the checkpoint. The config is saved when the run starts.
  ///
  /// - Parameter watchdog: made for the directory, where there is to be one.
  /// - Throws: what `init` and `restore` throw, `SettingsError`, `TrainingError.directoryChanged`.
  package static func prepare(
    _ config: RunConfig, in path: String, from beginning: RunBeginning, data: PreparedData, machine: Machine,
    observers: [any TrainingObserver], request: StopRequest, watchdog: (RunDirectory) -> Watchdog? = { _ in nil }
  ) throws -> Trainer {
    // Before a directory is made for it.
    try config.check(data, on: machine, resumes: beginning.checkpoint != nil)
    let directory = try RunDirectory(path: path, config: config.checkpoint)
    // Only now that the lock is ours do the checkpoints stay as they are.
    guard try RunDirectory.lastStep(in: path) == beginning.lastStep else {
      throw TrainingError.directoryChanged(path: path)
    }
    let trainer = try Trainer(
      config: config, data: data, directory: directory, machine: machine,
      observers: observers + [ConfigKeeper(config, directory)], request: request, watchdog: watchdog(directory))
    if let (checkpoint, path) = beginning.checkpoint {
      try trainer.restore(checkpoint, from: path, acceptsOtherBits: beginning.acceptsOtherBits)
    }
    return trainer
  }
}

/// Saves the config when all other observers have accepted the directory: one that refuses another run's logs leaves its config too.
private final class ConfigKeeper: TrainingObserver {
  private let config: RunConfig
  private let directory: RunDirectory

  init(_ config: RunConfig, _ directory: RunDirectory) { (self.config, self.directory) = (config, directory) }

  func runStarted(_ start: RunStart) throws { try directory.save(config) }
  func stepFinished(_ report: StepReport) {}
  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) {}
}
