import Foundation
import Lockstep
import Synchronization
import Testing

@Suite("A run of a program's own")
struct RunTests {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func trainsSaysSoAndCanBeUsed() throws {
    let run = Run(try Halves.config(), in: scratch["run"], threads: 2)
    var lines: [String] = []
    let end = try run.train(everySteps: 10) { lines.append("\($0)") }
    #expect(end.reason == .finished && end.step == 20)
    #expect(lines.first?.hasPrefix("halves: 100 samples, 128 parameters, 2 threads, ") == true)
    #expect(lines.filter { $0.hasPrefix("epoch ") }.count == 4)
    #expect(lines.filter { $0.hasPrefix("step ") }.map { $0.split(separator: " ")[1] } == ["10", "20"])
    #expect(lines.last == "finished after step 20")
    #expect(lines.filter { $0.hasPrefix("saved ") }.count == 4)
    #expect(FileManager.default.fileExists(atPath: scratch["run/metrics.jsonl"]))

    let model = try Model(run.directory, threads: 1)
    #expect(model.path == end.checkpoint && model.step == 20)
    let (pixels, labels) = Halves.bytes(50, seed: 9)
    let predictions = try model.predict(pixels)
    let right = zip(predictions, labels).count { $0 == $1 }
    #expect(right >= 45)
    let evaluation = try model.evaluate(Samples(pixels, shape: [6, 6], labels: labels))
    #expect(evaluation.metrics["accuracy"] == Double(right) / 50)
    #expect(try model.probabilities(pixels).allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
    #expect(try model.predict([] as [UInt8]) == [])
  }

  @Test func numbersTrainToTheBitsOfTheBytesThatTheyStandFor() throws {
    let bytes = Run(try Halves.config(), in: scratch["bytes"])
    let numbers = Run(
      try Halves.config(MemorySource(training: Halves.numbers(100), test: Halves.numbers(40, seed: 2))),
      in: scratch["numbers"])
    #expect(try digest(bytes) == digest(numbers))
  }

  @Test func standardNormalizationOfNumbersIsThatOfBytes() throws {
    let further: JSONValue = ["data": ["normalization": "standard"]]
    let bytes = try Halves.config(further: further)
    let (pixels, labels) = Halves.bytes(100)
    let samples = try Samples(pixels.map { Float($0) }, shape: [6, 6], labels: labels)
    let numbers = try Halves.config(MemorySource(training: samples, test: samples), further: further)
    let factors = try [bytes, numbers].map {
      let normalization = try $0.data.prepare(context: DatasetContext(), seed: 3).normalization
      return (normalization.scale.array()[0], normalization.offset.array()[0])
    }
    #expect(abs(factors[0].0 / factors[1].0 - 1) < 1e-6 && abs(factors[0].1 / factors[1].1 - 1) < 1e-6)
  }

  @Test func threadsAndResumesDoNotChangeABit() throws {
    let whole = try digest(Run(Halves.config(), in: scratch["whole"], threads: 1))
    let run = Run(try Halves.config(), in: scratch["parts"], threads: 3)
    // In the middle of the second epoch.
    let stop = StopRequest()
    let end = try run.train(everySteps: 1, stop: stop) { if case .step(let step) = $0, step.step == 7 { stop.stop() } }
    #expect(end.reason == .stopped(signal: "the program") && end.step == 7)
    var first: RunStart?
    let rest = try run.train(resuming: true) { if case .started(let start) = $0 { first = start } }
    #expect(first?.firstStep == 7 && rest.reason == .finished)
    #expect(try Model(run.directory).digest == whole)
  }

  @Test func checkpointsAreNotOverwrittenUnasked() throws {
    let run = Run(try Halves.config(epochs: 1), in: scratch["run"])
    try run.train()
    let before = try Model(run.directory).digest
    #expect(throws: TrainingError.directoryInUse(path: run.directory)) { try run.train() }
    let other = Run(try Halves.config(epochs: 1, further: ["training": ["batchSize": 10]]), in: run.directory)
    #expect(throws: TrainingError.self) { try other.train(resuming: true) }
    #expect(try Model(run.directory).digest == before)
    let more = Run(try Halves.config(epochs: 2), in: run.directory)
    #expect(try more.train(resuming: true).step == 10)
  }

  @Test func eventsAreAnAsynchronousSequence() async throws {
    let run = Run(try Halves.config(), in: scratch["run"])
    var epochs: [Int] = []
    var end: RunEnd?
    for try await event in run.events() {
      switch event {
      case .epoch(let epoch, let all):
        epochs.append(epoch.epoch)
        #expect(all == 4)
      case .ended(let reason): end = reason
      default: break
      }
    }
    #expect(epochs == [1, 2, 3, 4] && end?.reason == .finished)
    await #expect(throws: TrainingError.directoryInUse(path: run.directory)) { for try await _ in run.events() {} }
  }

  @Test func whoStopsListeningStopsTheRunAndItIsSaved() async throws {
    let run = Run(try Halves.config(epochs: 1_000_000, further: ["checkpoint": ["everyEpochs": 0]]), in: scratch["run"])
    try await ahead {
      for try await event in run.events(everySteps: 1) {
        if case .step = event { break }
      }
    }
    // The lock is held until the last checkpoint is on the disk.
    var model: Model?
    while model == nil {
      try await Task.sleep(for: .milliseconds(5))
      model = try? Model(run.directory)
    }
    #expect(try #require(model).step >= 1)
  }

  @Test func stopWaitsForTheLastCheckpoint() async throws {
    let run = Run(try Halves.config(epochs: 1_000_000, further: ["checkpoint": ["everyEpochs": 0]]), in: scratch["run"])
    let end = try await ahead {
      let events = run.events(everySteps: 1)
      for try await event in events {
        if case .step = event { break }
      }
      return try await events.stop()
    }
    #expect(end.reason == .stopped(signal: "the program"))
    #expect(try Model(run.directory).step == end.step)
    // The directory is free again, at once.
    let (first, secondEnd) = try await ahead {
      let again = run.events(resuming: true, everySteps: 1)
      var first: RunStart?
      for try await event in again {
        if case .started(let start) = event { first = start }
        if case .step = event { break }
      }
      return (first, try await again.stop())
    }
    #expect(first?.firstStep == end.step)
    #expect(secondEnd.step > end.step)
  }

  /// Runs ahead of the other tests, which wait for a thread by the hundred: the run that `body` begins computes until it is stopped.
  private func ahead<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await Task(priority: .high, operation: body).value
  }

  @Test func whatEndsARunIsThrownByStopToo() async throws {
    let run = Run(try Halves.config(), in: scratch["run"], threads: 0)
    let events = run.events()
    await #expect(throws: TrainingError.self) { try await events.stop() }
    await #expect(throws: TrainingError.self) { for try await _ in events {} }
  }

  @Test func observersOfARunOnAThreadOfItsOwn() async throws {
    let steps = Mutex(0)
    let counter = StepCounter { steps.withLock { $0 += 1 } }
    for try await _ in Run(try Halves.config(), in: scratch["run"]).events(observers: { [counter] }) {}
    #expect(steps.withLock { $0 } == 20)
  }

  @Test func twoRunsAtOnceDoNotDisturbEachOther() async throws {
    let alone = try digest(Run(Halves.config(), in: scratch["alone"]))
    let paths = [scratch["a"], scratch["b"]]
    let digests = try await withThrowingTaskGroup(of: String.self) { group in
      for path in paths {
        let run = Run(try Halves.config(), in: path, threads: 2)
        group.addTask {
          for try await _ in run.events() {}
          return try Model(path).digest
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(digests == [alone, alone])
  }

  @Test func theProcessStaysAsItWas() throws {
    func signals() throws -> [Substring] {
      try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        .filter { $0.hasPrefix("SigIgn") || $0.hasPrefix("SigCgt") || $0.hasPrefix("SigBlk") }
    }
    let before = try signals()
    var during: [Substring] = []
    try Run(try Halves.config(), in: scratch["run"]).train { _ in during = (try? signals()) ?? [] }
    #expect(during == before)
    #expect(try signals() == before)
  }

  @Test(arguments: [0, -1, 129, Int.max]) func impossibleThreads(_ threads: Int) throws {
    let error = #expect(throws: TrainingError.self) {
      try Run(try Halves.config(), in: scratch["run"], threads: threads).train()
    }
    #expect(error.map { "\($0)" } == "threads is \(threads); expected 1 to 128")
    #expect(!FileManager.default.fileExists(atPath: scratch["run"]))
  }

  @Test func layersThatDoNotFitTheSamples() throws {
    let config = try RunConfig(
      data: MemorySource(training: Halves.samples(10), test: Halves.samples(10)),
      layers: [Conv2D(filters: 2, kernel: 9), Flatten(), Dense(units: 2)], epochs: 1, optimizer: Adam())
    let error = #expect(throws: SettingsError.self) { try Run(config, in: scratch["run"]).train() }
    #expect(error?.path == "model.layers[0].kernel")
    #expect(!FileManager.default.fileExists(atPath: scratch["run"]))
  }

  @Test func moreClassesToEvaluateThanOutputs() throws {
    let (pixels, _) = Halves.bytes(3)
    let test = try Samples(pixels, shape: [6, 6], labels: [0, 1, 2])
    let config = try Halves.config(MemorySource(training: Halves.samples(20), test: test))
    let error = #expect(throws: TrainingError.self) { try Run(config, in: scratch["run"]).train() }
    #expect(error.map { "\($0)" } == "the network has 2 outputs, but memory has 3 classes")
  }

  @Test func aDataSetThatIsNotWhatItSays() throws {
    let config = try RunConfig(
      data: Liar(), input: [2], layers: [Dense(units: 2)], epochs: 1, optimizer: Adam())
    let error = #expect(throws: DatasetError.self) { try Run(config, in: scratch["run"]).train() }
    #expect(
      error.map { "\($0)" } == "data set 'liar': its train samples are numbers, but its 'elements' says bytes")
  }

  private func digest(_ run: Run) throws -> String {
    try run.train()
    return try Model(run.directory).digest
  }
}

/// Numbers under the name of bytes.
private struct Liar: DatasetSource {
  static let schema = ObjectSchema("liar", "Lies.")
  init() {}
  init(settings: Settings) throws(SettingsError) {}
  var keys: JSONValue { [:] }

  func load(_ split: DatasetSplit, context: DatasetContext) throws(DatasetError) -> ImageDataset {
    do throws(SamplesError) {
      return try Samples([1, 2, 3, 4] as [Float], shape: [2], labels: [0, 1]).dataset
    } catch {
      throw .custom(dataset: "liar", reason: "\(error)")
    }
  }
}

/// Tells of each step.
private final class StepCounter: TrainingObserver, Sendable {
  private let count: @Sendable () -> Void
  init(_ count: @escaping @Sendable () -> Void) { self.count = count }
  func runStarted(_ start: RunStart) {}
  func stepFinished(_ report: StepReport) { count() }
  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) {}
}
