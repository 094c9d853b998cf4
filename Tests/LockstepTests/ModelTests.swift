import Foundation
import Lockstep
import Testing

@Suite("A trained network in a program")
struct ModelTests {
  private let scratch: Scratch
  private let run: Run

  init() throws {
    scratch = try Scratch()
    run = Run(try Halves.config(epochs: 1), in: scratch["run"], threads: 1)
    try run.train()
  }

  @Test func samplesOfTheWrongLength() throws {
    let model = try Model(run.directory)
    let error = #expect(throws: SamplesError.self) { try model.predict([UInt8](repeating: 0, count: 35)) }
    #expect(error.map { "\($0)" } == "35 elements are no whole number of samples of 6 × 6 × 1, which take 36 each")
  }

  @Test func samplesOfTheWrongKind() throws {
    let model = try Model(run.directory)
    let error = #expect(throws: TrainingError.self) { try model.predict([Float](repeating: 0, count: 36)) }
    #expect(error.map { "\($0)" }?.hasPrefix("the network was trained on bytes, and the samples of ") == true)
    #expect(throws: TrainingError.self) { try model.evaluate(Halves.numbers(4)) }
  }

  @Test func samplesOfTheWrongShape() throws {
    let model = try Model(run.directory)
    #expect(throws: TrainingError.self) {
      try model.evaluate(Samples([UInt8](repeating: 0, count: 49), shape: [7, 7], labels: [0]))
    }
  }

  @Test func pathsWithoutACheckpoint() throws {
    #expect(throws: CheckpointError.self) { try Model(scratch["nothing"]) }
    #expect(throws: (any Error).self) { try Model(scratch.path) }
    let path = scratch["text.weights.h5"]
    try Data("no checkpoint".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: CheckpointError.self) { try Model(path) }
  }

  @Test func aDamagedNewestCheckpointIsPassedOver() throws {
    let more = Run(try Halves.config(epochs: 2), in: run.directory)
    try more.train(resuming: true)
    let newest = try Model(run.directory)
    #expect(newest.step == 10)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: newest.path))
    try file.seek(toOffset: 3_000)
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: 3_000)
    try file.write(contentsOf: Data([byte ^ 1]))
    try file.close()
    #expect(throws: CheckpointError.self) { try Model(newest.path) }
    #expect(try Model(run.directory).step == 5)
    // A resume says so, also where it is then refused, and goes on from there.
    var refused: [String] = []
    let other = Run(try Halves.config(epochs: 2, further: ["seed": 77]), in: run.directory)
    #expect(throws: TrainingError.self) {
      try other.train(resuming: true) { if case .warning(let text) = $0 { refused.append(text) } }
    }
    #expect(refused.count == 1)
    var warnings: [String] = []
    try more.train(resuming: true) { if case .warning(let text) = $0 { warnings.append(text) } }
    #expect(warnings.count == 1 && warnings[0].hasPrefix("passed over: "))
    #expect(try Model(run.directory).digest == newest.digest)
  }

  @Test func rowsAreSeenAsTheImagesThatTheyAre() throws {
    // A config may let a network see images as rows: its normalization still has one factor for each channel.
    let config = try RunConfig(
      name: "rows", data: DigitsSource(trainSamples: 100, testSamples: 20), normalization: .standard, input: [784],
      layers: [Dense(units: 10)], epochs: 1, optimizer: Adam())
    let rows = Run(config, in: scratch["rows"])
    try rows.train()
    let digits = try Samples(DigitsSource(testSamples: 20).load(.test, context: DatasetContext()))
    let model = try Model(rows.directory)
    let predictions = try model.predict(digits.dataset.images.array())
    let right = zip(predictions, digits.labels).count { $0 == $1 }
    #expect(try model.evaluate(digits).metrics["accuracy"] == Double(right) / 20)
  }

  @Test func whatAConfigDoesNotSayMustBeGiven() throws {
    let text = """
      {
        "data": { "dataset": "digits", "trainSamples": 50, "testSamples": 10 },
        "model": { "layers": ["flatten", { "type": "dense", "units": 10 }] },
        "training": { "epochs": 1, "optimizer": "sgd" }
      }
      """
    let run = Run(try RunConfig(text: text), in: scratch["silent"])
    try run.train()
    #expect(throws: TrainingError.self) { try Model(run.directory) }
    #expect(try Model(run.directory, input: [28, 28, 1]).network.input == [28, 28, 1])
    #expect(throws: TrainingError.self) { try Model(run.directory, input: [28, 14, 1]) }
  }

  @Test(arguments: ExportFormat.allCases) func aNetworkForOtherPrograms(format: ExportFormat) throws {
    let model = try Model(run.directory)
    let path = scratch["halves.\(format.fileExtension)"]
    let exported = try model.export(to: path)
    #expect(exported.format == format && exported.notes.isEmpty)
    #expect(exported.input.shape == [6, 6, 1] && exported.outputs.map(\.shape).allSatisfy { $0 == [2] })
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == exported.bytes.array())
    // The same again, under a name that does not tell.
    #expect(try model.export(to: scratch["halves"], format: format).bytes.array() == exported.bytes.array())
    let error = #expect(throws: ExportError.self) { try model.export(to: "halves.pb") }
    #expect(error == .unknownFormat(path: "halves.pb"))
    #expect(throws: WriteError.self) { try model.export(to: scratch["nowhere/a.onnx"]) }
  }

  @Test func aLayerThatNoOtherProgramKnows() throws {
    let config = try RunConfig(
      name: "own", data: MemorySource(training: Halves.samples(40), test: Halves.samples(20)),
      layers: [Flatten(), LayerNormalization(), Dense(units: 2)], epochs: 1, optimizer: Adam())
    let own = Run(config, in: scratch["own"])
    try own.train()
    let model = try Model(own.directory, vocabulary: .standard.adding(LayerNormalization.self))
    let error = #expect(throws: ExportError.self) { try model.export(to: scratch["own.onnx"]) }
    #expect(error == .unknownLayer(name: "layer_normalization", type: "layerNormalization"))
  }
}
