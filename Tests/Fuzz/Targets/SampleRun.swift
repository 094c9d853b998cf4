import Checkpoints
import Datasets
import Reports
import Settings
import Synchronization
import Tensors
import Training
import Workers

/// A run so small that it is trained thousands of times: 3 epochs of 4 steps, 50 parameters.
enum SampleRun {
  static func config() throws -> RunConfig { try RunConfig(text: text) }

  /// Its checkpoints after one epoch and after two.
  static let checkpoints: [Int: Checkpoint] = {
    do {
      let directory = try ScratchDirectory()
      defer { directory.remove() }
      let config = try RunConfig(text: text)
      let machine = try Machine(threads: 1, environment: ["LOCKSTEP_ISA": "portable"])
      _ = try train(config, try data(config), machine: machine, in: directory.path, steps: 12)
      return try [4, 8].reduce(into: [:]) { checkpoints, step in
        checkpoints[step] = try CheckpointStore.load(
          directory.path + "/" + CheckpointDirectory.name(ofStep: step))
      }
    } catch {
      fatalError("the sample run cannot be trained: \(error)")
    }
  }()

  /// The same as files.
  static let files = checkpoints.mapValues { SampleCheckpoint.file(of: $0) }

  /// Whether a config, which an input may have changed, is quickly trained.
  static func isSmall(_ config: RunConfig, kernels: Kernels) throws -> Bool {
    guard let digits = config.data.source as? DigitsSource else { return true }
    guard digits.trainSamples <= 64, digits.testSamples <= 64, config.training.batchSize <= 64 else { return false }
    let network = try config.makeNetwork(input: config.model.input ?? [28, 28, 1], kernels: kernels)
    return network.parameters.count <= 100_000 && network.layers.reduce(0) { $0 + $1.flops } <= 10_000_000
  }

  /// Samples that were drawn before: drawing them takes longer than all else.
  private static let drawn = Mutex<(key: String, data: PreparedData)?>(nil)

  static func data(_ config: RunConfig) throws(DatasetError) -> PreparedData {
    let key = "\(config.seed) \(config.data)"
    if let last = drawn.withLock({ $0 }), last.key == key { return last.data }
    let context = DatasetContext(workingDirectory: "/nonexistent", largestBytes: 1 << 20)
    let data = try config.data.prepare(context: context, seed: config.seed)
    drawn.withLock { $0 = (key, data) }
    return data
  }

  /// Trains some steps and saves, as the command does.
  static func train(
    _ config: RunConfig, _ data: PreparedData, machine: Machine, in path: String,
    from checkpoint: (checkpoint: Checkpoint, path: String)? = nil, steps: Int = 1
  ) throws -> RunEnd {
    let directory = try RunDirectory(path: path, config: config.checkpoint)
    let request = StopRequest()
    let log = MetricsLog(everySteps: config.logging.everySteps, metrics: config.training.metrics.map(\.name))
    let trainer = try Trainer(
      config: config, data: data, directory: directory, machine: machine,
      observers: [log, Stopper(request, steps: steps)], request: request)
    if let checkpoint { try trainer.restore(checkpoint.checkpoint, from: checkpoint.path) }
    try directory.save(config)
    return try trainer.run()
  }

  private static let text = """
    {
      "name": "sample", "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 16, "testSamples": 4 },
      "model": { "layers": [{ "type": "averagePool2d", "size": 14 }, "flatten", { "type": "dense", "units": 10 }] },
      "training": { "epochs": 3, "batchSize": 4, "optimizer": "adam" },
      "logging": { "everySteps": 1 }
    }
    """
}

/// Asks a run to stop after some steps.
private final class Stopper: TrainingObserver {
  private let request: StopRequest
  private var steps: Int

  init(_ request: StopRequest, steps: Int) {
    self.request = request
    self.steps = steps
  }

  func runStarted(_ start: RunStart) {}
  func stepFinished(_ report: StepReport) {
    steps -= 1
    // SIGTERM, as anybody would ask.
    if steps <= 0 { request.stop(signal: 15) }
  }
  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) {}
}
