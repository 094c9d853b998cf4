import Foundation
import Lockstep
import Testing

/// The pieces of code that the articles of `Lockstep.docc` show, as they stand there, and what they do.
@Suite("The documentation's snippets", .serialized)
struct SnippetTests {
  private let scratch: Scratch
  private let directory: String
  private let pixels: [UInt8]
  private let labels: [Int]

  init() throws {
    scratch = try Scratch()
    directory = scratch["run"]
    (pixels, labels) = Halves.bytes(200)
  }

  @Test func gettingStarted() throws {
    let samples = try Samples(pixels, shape: [6, 6], labels: labels)
    let data = try MemorySource(training: samples, test: nil)

    let config = try RunConfig(
      name: "halves", seed: 7, data: data, validation: 0.1,
      layers: [
        Conv2D(filters: 8, kernel: 3, activation: .relu), MaxPool2D(size: 2),
        Flatten(), Dropout(rate: 0.2), Dense(units: 2),
      ],
      epochs: 5, batchSize: 32, optimizer: AdamW(learningRate: 0.01), schedule: CosineSchedule(warmupEpochs: 1),
      further: ["training": ["clipNorm": 1], "checkpoint": ["keepLast": 2]])

    let run = Run(config, in: directory)
    let end = try run.train { event in
      switch event {
      case .epoch(let epoch, of: let epochs): print("\(epoch.epoch) of \(epochs):", epoch.evaluation["loss"] ?? .nan)
      case .warning(let warning): print("warning:", warning)
      default: break
      }
    }
    #expect(end.reason == .finished)

    let model = try Model(directory)
    let evaluation = try model.evaluate(samples)
    print(evaluation.metrics["accuracy"] ?? 0, evaluation.confusion)
    let classes = try model.predict(pixels)
    let probabilities = try model.probabilities(pixels)
    #expect(classes.count == 200 && probabilities[0].count == 2)
    #expect(try #require(evaluation.metrics["accuracy"]) > 0.9)
  }

  @Test func stopping() throws {
    let config = try Halves.config()
    let run = Run(config, in: directory)
    let stop = StopRequest()
    let end = try run.train(everySteps: 1, stop: stop) { event in
      if case .step(let step) = event, step.step == 7 { stop.stop() }
    }
    print(end.reason)  // stopped(signal: "the program")

    try run.train(resuming: true)
    #expect(end.step == 7)
    #expect(try Model(directory).step == 20)
  }

  @Test func exporting() throws {
    let run = Run(try Halves.config(), in: directory)
    try run.train()
    let path = scratch["halves.onnx"]
    let model = try Model(run.directory)
    let exported = try model.export(to: path)  // for example halves.onnx
    print(exported.input.name, exported.outputs.map(\.name))  // input ["probabilities", "logits"]
    #expect(exported.input.name == "input" && exported.outputs.map(\.name) == ["probabilities", "logits"])
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func sameBits() throws {
    let config = try Halves.config()
    let (one, many) = (Run(config, in: scratch["one"], threads: 1), Run(config, in: scratch["many"], threads: 8))
    try one.train()
    try many.train()
    print(try Model(one.directory).digest == Model(many.directory).digest)  // true
    #expect(try Model(one.directory).digest == Model(many.directory).digest)
  }

  @Test func asynchronously() async throws {
    let config = try Halves.config()
    for try await event in Run(config, in: directory).events() {
      print(event)
    }
    #expect(try Model(directory).step == 20)
  }

  @Test func errors() throws {
    do {
      _ = try Samples([1, 2, 3] as [Float], shape: [2], labels: [0, 1])
      Issue.record("three numbers are no pairs")
    } catch {
      print(error)  // 3 elements are no whole number of samples of 2, which take 2 each
      #expect("\(error)" == "3 elements are no whole number of samples of 2, which take 2 each")
    }
  }

  @Test func fromOutside() throws {
    let units = 64
    let layer = try Dense(["units": .integer(units), "activation": "relu"])
    #expect(layer == Dense(units: 64, activation: .relu))
    #expect(throws: SettingsError.self) { try Dense(["units": 0]) }
  }
}
