import Checkpoints
import Datasets
import Foundation
import Settings
import Training

/// A run of 3 epochs of 4 steps in a directory of its own, watched by its test.
final class SmallRun {
  let path: String
  let request = StopRequest()
  let watcher = Watcher()
  private let overrides: [String]
  private let config: String
  private let threads: Int
  private let isOwner: Bool

  init(
    _ overrides: String..., config: String = SmallRun.linear, threads: Int = 2, in path: String? = nil
  ) throws {
    self.overrides = overrides
    self.config = config
    self.threads = threads
    self.path = path ?? NSTemporaryDirectory() + "lockstep-small-run-\(UUID().uuidString)"
    isOwner = path == nil
  }

  deinit {
    if isOwner { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Trains from the directory's newest checkpoint, as the test may have changed it, or from the start.
  @discardableResult
  func train(watchdog: Watchdog? = nil, changing change: (inout Checkpoint) -> Void = { _ in }) throws -> RunEnd {
    let config = try RunConfig(
      text: config, overrides: try overrides.map { try Override($0) }, vocabulary: .withFaults)
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let trainer = try Trainer(
      config: config, data: data, directory: RunDirectory(path: path, config: config.checkpoint),
      machine: Machine(threads: threads, environment: [:]), observers: [watcher], request: request,
      watchdog: watchdog)
    if var newest = try RunDirectory.newestCheckpoint(in: path).found {
      change(&newest.checkpoint)
      try trainer.restore(newest.checkpoint, from: newest.path)
    }
    return try trainer.run()
  }

  func newest() throws -> Checkpoint? { try RunDirectory.newestCheckpoint(in: path).found?.checkpoint }

  static let linear = """
    {
      "name": "linear",
      "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 60, "testSamples": 20 },
      "model": { "layers": ["flatten", { "type": "dense", "units": 10 }] },
      "training": { "epochs": 3, "batchSize": 16, "optimizer": { "type": "sgd", "learningRate": 0.01 } },
      "checkpoint": { "keepLast": 100 }
    }
    """
}

/// Notes what it is told, and lets the test act on it.
final class Watcher: TrainingObserver {
  struct Epoch: Equatable {
    var epoch: Int
    var training: MetricValues
    var evaluation: MetricValues
  }

  var atStep: (Int) -> Void = { _ in }
  /// Called on the saving queue.
  var inSave: @Sendable (Int) -> Void = { _ in }
  private(set) var epochs: [Epoch] = []
  private(set) var skipped: [SkippedStep] = []
  private(set) var failures: [SaveFailure] = []
  private(set) var saves: [Int] = []

  func runStarted(_ start: RunStart) {}
  func stepFinished(_ report: StepReport) { atStep(report.step) }
  func stepSkipped(_ report: SkippedStep) { skipped.append(report) }
  func epochFinished(_ report: EpochReport) {
    epochs.append(Epoch(epoch: report.epoch, training: report.training, evaluation: report.evaluation))
  }
  func saveFailed(_ failure: SaveFailure) { failures.append(failure) }
  func checkpointWillBeSaved(step: Int) -> (@Sendable () throws -> Void)? {
    saves.append(step)
    return { [inSave] in inSave(step) }
  }
  func runEnded(_ end: RunEnd) {}
}
