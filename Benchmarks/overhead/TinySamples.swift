import Datasets
import Dispatch
import Reports
import Settings
import Tensors
import Training

/// A data set of 2 × 2 images in IDX files, and a network that has next to nothing to compute for them.
struct TinySamples {
  private static let count = 8_000
  private let directory: String

  /// Writes the files.
  init(directory: String) throws {
    self.directory = directory
    for split in DatasetSplit.allCases {
      let count = split == .train ? TinySamples.count : 4
      let images = Storage((0..<4 * count).map { UInt8(truncatingIfNeeded: $0 * 37) })
      let labels = Storage((0..<count).map { UInt8($0 % 2) })
      try IDXArray.write(
        images, dimensions: [count, 2, 2], to: "\(directory)/\(MNISTSource.fileName(split, .images))",
        compressed: false)
      try IDXArray.write(
        labels, dimensions: [count], to: "\(directory)/\(MNISTSource.fileName(split, .labels))", compressed: false)
    }
  }

  /// Seconds of a step with all that a run has around it, in blocks of a hundred steps.
  func measureStep(threads: Int) throws -> [Double] {
    let config = try RunConfig(
      text: """
        {
          "name": "overhead",
          "data": { "dataset": "mnist", "directory": "\(directory)", "classes": 2 },
          "model": { "layers": ["flatten", { "type": "dense", "units": 2 }] },
          "training": { "epochs": 10, "batchSize": 4, "shards": 2, "optimizer": "sgd" },
          "checkpoint": { "everyEpochs": 0 },
          "logging": { "everySteps": 1000000 }
        }
        """)
    let clock = BlockClock()
    let trainer = try Trainer(
      config: config, data: config.data.prepare(context: DatasetContext(), seed: config.seed),
      directory: RunDirectory(path: "\(directory)/run-\(threads)", config: config.checkpoint),
      machine: Machine(threads: threads, environment: [:]),
      observers: [MetricsLog(everySteps: 1_000_000, metrics: ["accuracy"]), RunSummary(), clock],
      request: StopRequest())
    _ = try trainer.run()
    return clock.times
  }
}

/// Reads the clock every hundred steps.
private final class BlockClock: TrainingObserver {
  private static let steps = 100
  private(set) var times: [Double] = []
  private var begin: UInt64 = 0

  func runStarted(_ start: RunStart) { times.reserveCapacity(start.totalSteps / BlockClock.steps) }

  func stepFinished(_ report: StepReport) {
    guard report.stepInEpoch.isMultiple(of: BlockClock.steps) else { return }
    let now = DispatchTime.now().uptimeNanoseconds
    // The first block of an epoch also has the evaluation.
    if report.stepInEpoch > BlockClock.steps { times.append(Double(now - begin) * 1e-9 / Double(BlockClock.steps)) }
    begin = now
  }

  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) {}
}
