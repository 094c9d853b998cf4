import Checkpoints
import Datasets
import Foundation
import Settings
import Testing
import Training

/// What the trainer does at an epoch's end, when asked to stop or save, and when something fails.
@Suite("Trainer")
struct TrainerTests {
  @Test("a run stopped after an epoch's last step evaluates that epoch when it goes on")
  func stoppedBeforeEvaluation() throws {
    let whole = try Run()
    try whole.train()

    let stopped = try Run()
    stopped.watcher.atStep = { step in if step == 4 { stopped.request.stop(signal: SIGTERM) } }
    #expect(try stopped.train().reason == .stopped(signal: "SIGTERM"))
    #expect(stopped.watcher.epochs.isEmpty)
    let resumed = try Run(in: stopped.path)
    #expect(try resumed.train().reason == .finished)
    #expect(resumed.watcher.epochs == whole.watcher.epochs)
    #expect(try resumed.newest() == whole.newest())
  }

  @Test("a save that is due answers a request to save")
  func saveRequest() throws {
    let run = try Run("checkpoint.everySteps=2", "checkpoint.everyEpochs=0")
    run.watcher.atStep = { step in if step == 2 { run.request.saveNow() } }
    try run.train()
    #expect(run.watcher.saves == [2, 4, 6, 8, 10, 12])
  }

  @Test("after a failed save what was trained since is saved, where that is possible again")
  func failedSave() throws {
    let run = try Run("checkpoint.everySteps=2", "checkpoint.everyEpochs=0")
    // A directory in the file's place lets this one save fail.
    let place = run.path + "/" + CheckpointDirectory.name(ofStep: 2) + "/in-use"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    #expect(throws: WriteError.self) { try run.train() }
    // The failure is noticed after step 3 or, where the disk was slow, with the save after step 4.
    let step = try #require(run.watcher.saves.last)
    #expect(step == 3 || step == 4)
    #expect(try run.newest()?.run.step == step)
  }

  @Test("a model that cannot go on is not saved", arguments: [1, 0])
  func notFinite(everyEpochs: Int) throws {
    let run = try Run("training.epochs=1", "checkpoint.everyEpochs=\(everyEpochs)")
    run.watcher.atStep = { step in if step == 4 { run.request.stop(signal: SIGTERM) } }
    try run.train()

    // What is left of this run is an evaluation and a save.
    let resumed = try Run("training.epochs=1", "checkpoint.everyEpochs=\(everyEpochs)", in: run.path)
    #expect(throws: TrainingError.notFinite(what: "a parameter", step: 4)) {
      try resumed.train { checkpoint in
        var values = checkpoint.parameters[1].tensor.array()
        values[3] = .nan
        checkpoint.parameters[1].tensor = TensorSnapshot(shape: checkpoint.parameters[1].tensor.shape, values: values)
      }
    }
    #expect(try run.newest()?.parameters[1].tensor.array().allSatisfy(\.isFinite) == true)
  }
}

/// A checkpoint with one thing changed that the rest of it contradicts. A right checksum proves nothing here: who changed the file
/// made a new one.
@Suite("A checkpoint that contradicts itself")
struct ContradictionTests {
  struct Change: CustomTestStringConvertible, Sendable {
    let found: String
    let change: @Sendable (inout Checkpoint) -> Void
    var testDescription: String { found }

    init(_ found: String, change: @escaping @Sendable (inout Checkpoint) -> Void) {
      self.found = found
      self.change = change
    }
  }

  static let changes: [Change] = [
    Change("its seed is 8, and its config's is 7") { $0.run.seed = 8 },
    Change("it counts 5 steps of an epoch that has 4") { $0.run.stepsPerEpoch = 5 },
    Change("it counts 3 minibatches of the epoch that has 2") { $0.run.batchesDone = 3 },
    Change("its optimizer counts more updates than steps") { $0.optimizer.iterations = 7 },
    Change("its history has 0 epochs, and 1 are done") {
      $0.run.history = MetricHistory(columns: $0.run.history.columns)
    },
    Change("its history has 300 epochs, and 1 are done") {
      $0.run.history = MetricHistory(
        columns: $0.run.history.columns, rows: Array(repeating: $0.run.history.rows[0], count: 300))
    },
    Change("its sums are over more samples than were trained since the last epoch") {
      $0.run.epochSums[0].value = 33
    },
    Change("2 evaluations since the best one are more than the 1 epochs") { $0.run.patience = 2 },
    Change("its score is not that of its last evaluation") { $0.run.score = 0 },
    Change("its best evaluation is none of its history") { $0.run.best?.step = 8 },
    Change("its best evaluation is none of its history") { $0.run.best?.step = 3 },
    Change("its best evaluation is none of its history") { $0.run.best?.value = -1 },
    Change("its best evaluation is none of its history") { $0.run.best?.metric = "accuracy" },
  ]

  @Test("is refused", arguments: changes)
  func isRefused(change: Change) throws {
    let run = try Run()
    run.watcher.atStep = { step in if step == 6 { run.request.stop(signal: SIGTERM) } }
    try run.train()
    let resumed = try Run(in: run.path)
    let path = run.path + "/step-00000006.weights.h5"
    #expect(throws: TrainingError.contradiction(path: path, found: change.found)) {
      try resumed.train { change.change(&$0) }
    }
  }
}

/// A run of 3 epochs of 4 steps in a directory of its own, watched by its test.
private final class Run {
  let path: String
  let request = StopRequest()
  let watcher = Watcher()
  private let overrides: [String]
  private let isOwner: Bool

  init(_ overrides: String..., in path: String? = nil) throws {
    self.overrides = overrides
    self.path = path ?? NSTemporaryDirectory() + "lockstep-trainer-\(UUID().uuidString)"
    isOwner = path == nil
  }

  deinit {
    if isOwner { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Trains from the directory's newest checkpoint, as the test may have changed it, or from the start.
  @discardableResult
  func train(changing change: (inout Checkpoint) -> Void = { _ in }) throws -> RunEnd {
    let config = try RunConfig(text: Run.config, overrides: try overrides.map { try Override($0) })
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let trainer = try Trainer(
      config: config, data: data, directory: RunDirectory(path: path, config: config.checkpoint),
      machine: Machine(threads: 2, environment: [:]), observers: [watcher], request: request)
    if var newest = try RunDirectory.newestCheckpoint(in: path).found {
      change(&newest.checkpoint)
      try trainer.restore(newest.checkpoint, from: newest.path)
    }
    return try trainer.run()
  }

  func newest() throws -> Checkpoint? { try RunDirectory.newestCheckpoint(in: path).found?.checkpoint }

  private static let config = """
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
private final class Watcher: TrainingObserver {
  struct Epoch: Equatable {
    var epoch: Int
    var training: MetricValues
    var evaluation: MetricValues
  }

  var atStep: (Int) -> Void = { _ in }
  private(set) var epochs: [Epoch] = []
  private(set) var saves: [Int] = []

  func runStarted(_ start: RunStart) {}
  func stepFinished(_ report: StepReport) { atStep(report.step) }
  func epochFinished(_ report: EpochReport) {
    epochs.append(Epoch(epoch: report.epoch, training: report.training, evaluation: report.evaluation))
  }
  func checkpointWillBeSaved(step: Int) { saves.append(step) }
  func runEnded(_ end: RunEnd) {}
}
