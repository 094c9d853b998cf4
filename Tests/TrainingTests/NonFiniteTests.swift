import Checkpoints
import Foundation
import Testing
import Training

/// Infinities and NaNs in a step: noticed before they reach the model, named, and left out where the config says so.
@Suite("Numbers that are not finite")
struct NonFiniteTests {
  /// 8 epochs of 4 steps; a wide dense layer, whose gradient is deferred, behind and before a narrow one.
  private static func config(_ faulty: String, training: String = "") -> String {
    """
    {
      "name": "faulty", "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 60, "testSamples": 20 },
      "model": { "layers": [
        "flatten", { "type": "dense", "units": 80, "activation": "tanh" }, \(faulty), { "type": "dense", "units": 12 },
        { "type": "dense", "units": 10 }
      ] },
      "training": {
        "epochs": 8, "batchSize": 16, "shards": 3, "optimizer": { "type": "adam", "learningRate": 0.01 }\(training)
      },
      "checkpoint": { "keepLast": 100, "everyEpochs": 0, "everySteps": 1 }
    }
    """
  }

  private static let skipping = ", \"onNonFinite\": \"skipStep\""

  struct Case: Sendable, CustomTestStringConvertible {
    var faulty: String
    var training = ""
    var what: String
    var testDescription: String { "\(what) \(faulty) \(training)" }
  }

  static let cases: [Case] = ["", ", \"clipNorm\": 1"].flatMap { training in
    [
      Case(
        faulty: "{ \"type\": \"faulty\", \"rate\": 0.01 }", training: training, what: "the output of faulty"),
      Case(
        faulty: "{ \"type\": \"faulty\", \"rate\": 0.01, \"value\": \"infinity\", \"pass\": \"backward\" }",
        training: training, what: "the gradient in the inputs of faulty"),
    ]
  }

  @Test("the run stops at the step, names the layer, and keeps the state before the step", arguments: cases)
  func stops(_ item: Case) throws {
    let run = try SmallRun(config: Self.config(item.faulty, training: item.training))
    var last = 0
    run.watcher.atStep = { last = $0 }
    let error = #expect(throws: TrainingError.self) { try run.train() }
    #expect(error == .notFinite(what: item.what, step: last + 1))
    try #require(last > 0 && last < 32, "the fault came at the first step or never")
    #expect(try run.newest()?.run.step == last)
    #expect(try run.newest()?.parameters.allSatisfy { $0.tensor.array().allSatisfy(\.isFinite) } == true)
  }

  @Test(
    "samples whose gradients are finite and whose sum is not", arguments: [true, false], ["", ", \"clipNorm\": 1"])
  func sums(hasBias: Bool, training: String) throws {
    let faulty = "{ \"type\": \"faulty\", \"rate\": 0.5, \"value\": \"huge\", \"pass\": \"backward\" }"
    let config = Self.config(faulty, training: training)
      .replacingOccurrences(of: "\"units\": 80", with: "\"units\": 80, \"useBias\": \(hasBias)")
    let run = try SmallRun(config: config)
    #expect(throws: TrainingError.notFinite(what: "the gradient of dense/\(hasBias ? "bias" : "kernel")", step: 1)) {
      try run.train()
    }
  }

  @Test("a huge gradient that is finite is applied")
  func huge() throws {
    let faulty = "{ \"type\": \"faulty\", \"rate\": 0.01, \"value\": \"huge\", \"pass\": \"backward\" }"
    let run = try SmallRun(
      "training.optimizer={\"type\": \"sgd\", \"learningRate\": 1e-6}", config: Self.config(faulty))
    #expect(try run.train().reason == .finished)
    let largest = try #require(try run.newest()?.parameters.flatMap { $0.tensor.array().map(abs) }.max())
    #expect(largest > 1e30)
  }

  @Test("a skipped step leaves model and optimizer alone and counts")
  func skips() throws {
    for item in Self.cases {
      let run = try SmallRun(config: Self.config(item.faulty, training: item.training + Self.skipping))
      try run.train()
      let skipped = run.watcher.skipped
      try #require(skipped.count > 2 && skipped.count < 32, "\(item.testDescription): \(skipped.count) skipped")
      #expect(skipped.map(\.skippedSteps) == Array(1...skipped.count))
      #expect(skipped.allSatisfy { $0.cause == item.what }, "\(skipped.map(\.cause))")
      let checkpoints = try (0...32).map { step in
        step == 0
          ? nil : try CheckpointStore.load(run.path + "/" + CheckpointDirectory.name(ofStep: step))
      }
      for step in skipped.map(\.step) where step > 1 {
        guard let before = checkpoints[step - 1], let after = checkpoints[step] else { continue }
        #expect(before.parameters == after.parameters)
        #expect(before.optimizer.variables == after.optimizer.variables)
        #expect(before.optimizer.iterations == after.optimizer.iterations)
      }
      #expect(checkpoints[32]?.optimizer.iterations == 32 - skipped.count)
      #expect(run.watcher.epochs.allSatisfy { $0.training["loss"]?.isFinite == true })
    }
  }

  @Test("skipped steps are the same for any number of threads and through a resume")
  func sameBits() throws {
    let config = Self.config(
      "{ \"type\": \"faulty\", \"rate\": 0.02, \"pass\": \"backward\" }, { \"type\": \"dropout\", \"rate\": 0.2 }",
      training: Self.skipping)
    let whole = try SmallRun(config: config, threads: 1)
    try whole.train()
    let expected = try #require(try whole.newest())
    #expect(whole.watcher.skipped.count > 2)
    for threads in [2, 3] {
      let stopped = try SmallRun(config: config, threads: threads)
      let stop = whole.watcher.skipped[1].step
      stopped.watcher.atStep = { if $0 == stop { stopped.request.stop(signal: SIGTERM) } }
      try stopped.train()
      let resumed = try SmallRun(config: config, threads: threads + 1, in: stopped.path)
      try resumed.train()
      #expect(try resumed.newest() == expected)
      #expect(
        (stopped.watcher.skipped + resumed.watcher.skipped).map(\.skippedSteps)
          == whole.watcher.skipped.map(\.skippedSteps))
    }
  }

  @Test("a policy alone changes no bit")
  func samePolicy() throws {
    let none = "{ \"type\": \"faulty\", \"rate\": 0 }"
    let runs = try [Self.config(none), Self.config(none, training: Self.skipping)].map { try SmallRun(config: $0) }
    for run in runs { try run.train() }
    #expect(try runs[0].newest()?.digest() == runs[1].newest()?.digest())
  }

  @Test("a run that was stopped by a fault can go on by skipping")
  func goesOn() throws {
    let faulty = "{ \"type\": \"faulty\", \"rate\": 0.01 }"
    let whole = try SmallRun(config: Self.config(faulty, training: Self.skipping))
    try whole.train()
    let stopped = try SmallRun(config: Self.config(faulty))
    #expect(throws: TrainingError.self) { try stopped.train() }
    let resumed = try SmallRun("training.onNonFinite=skipStep", config: Self.config(faulty), in: stopped.path)
    try resumed.train()
    #expect(try resumed.newest()?.digest() == whole.newest()?.digest())
  }

  @Test("an epoch of skipped steps ends the run, whatever the policy")
  func nothingLeft() throws {
    let run = try SmallRun(
      config: Self.config("{ \"type\": \"faulty\", \"rate\": 0.999 }", training: Self.skipping))
    #expect(throws: TrainingError.everyStepSkipped(epoch: 1)) { try run.train() }
  }
}
