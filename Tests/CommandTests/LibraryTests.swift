import Foundation
import Lockstep
import Testing

/// The library and the program, on the same runs.
@Suite("import Lockstep gives the program's bits")
struct LibraryTests {
  private let command: Command
  init() throws { command = try Command() }

  private func path(_ name: String) -> String { command.directory.appendingPathComponent(name).path }

  @Test(arguments: [SmallConfigs.awkward, SmallConfigs.linear]) func sameConfigSameDigest(config: String) throws {
    defer { command.remove() }
    try command.write(config, to: "config.json")
    let result = try command.run(["train", "config.json", "--run", "program", "--threads", "2"])
    #expect(result.status == 0, "\(result.error)")
    for threads in [1, 3] {
      let run = Run(try RunConfig(file: path("config.json")), in: path("library-\(threads)"), threads: threads)
      try run.train()
      #expect(try Model(run.directory).digest == command.digest(of: "program"))
      // The same log too, but for what depends on time.
      #expect(
        try ExactnessTests.withoutTimes(command.read("library-\(threads)/metrics.jsonl"))
          == ExactnessTests.withoutTimes(command.read("program/metrics.jsonl")))
    }
  }

  @Test func aRunInCodeOnArraysOfItsOwnIsThatOfTheFile() throws {
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "config.json")
    let result = try command.run(["train", "config.json", "--run", "program"])
    #expect(result.status == 0, "\(result.error)")
    let digits = DigitsSource(trainSamples: 64, testSamples: 20)
    let parts = try DatasetSplit.allCases.map { split in
      let part = try digits.load(split, context: DatasetContext())
      return try Samples(part.images.array(), shape: [28, 28, 1], labels: part.labels.array(), classes: 10)
    }
    let config = try RunConfig(
      name: "linear", seed: 7, data: MemorySource(training: parts[0], test: parts[1]),
      layers: [Flatten(), Dense(units: 10)], epochs: 3, batchSize: 16, optimizer: Adam(learningRate: 0.001))
    let run = Run(config, in: path("library"))
    try run.train()
    #expect(try Model(run.directory).digest == command.digest(of: "program"))
  }

  @Test func eachGoesOnWhereTheOtherStopped() throws {
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "config.json")
    let config = try RunConfig(file: path("config.json"))
    let whole = Run(config, in: path("whole"))
    try whole.train()
    // Library, program, library: each a few steps.
    let run = Run(config, in: path("parts"))
    try stop(run, after: 2)
    let signalled = try command.run(
      ["train", "config.json", "--resume", "--run", "parts", "--set", "training.epochs=2"])
    #expect(signalled.status == 0, "\(signalled.error)")
    try run.train(resuming: true)
    #expect(try Model(run.directory).digest == Model(whole.directory).digest)
  }

  private func stop(_ run: Run, after steps: Int) throws {
    let stop = StopRequest()
    try run.train(resuming: true, everySteps: steps, stop: stop) { if case .step = $0 { stop.stop() } }
  }

  @Test func theProgramReadsWhatALibraryTrained() throws {
    defer { command.remove() }
    let pixels = [UInt8](repeating: 7, count: 20 * 28 * 28)
    let samples = try Samples(pixels, shape: [28, 28], labels: (0..<20).map { $0 % 10 })
    let run = Run(
      try RunConfig(
        data: MemorySource(training: samples, test: samples), layers: [Flatten(), Dense(units: 10)], epochs: 1,
        optimizer: Adam()),
      in: path("library"))
    try run.train()
    let inspected = try command.run(["inspect", "library"])
    #expect(inspected.status == 0 && inspected.output.contains("dense"), "\(inspected.error)")
    // Samples are nowhere but in the program.
    for arguments in [["evaluate", "library"], ["resume", "library", "--epochs", "2"]] {
      let refused = try command.run(arguments)
      #expect(refused.status == 66)
      #expect(
        refused.error
          == "lockstep: the run's samples were in the memory of the program that trained it; go on there, or evaluate others "
          + "(--data)\n")
    }
    #expect(try command.run(["data", "digits", "digits", "--train", "10", "--test", "30"]).status == 0)
    let evaluated = try command.run(["evaluate", "library", "--data", "digits", "--json"])
    #expect(evaluated.status == 0 && evaluated.output.contains("\"samples\": 30"), "\(evaluated.error)")
  }
}
