import Checkpoints
import Datasets
import Foundation
import Networks
import Optimizers
import Testing
import Training

/// What a checkpoint says about samples, without its run.
@Suite("A checkpoint in use")
struct CheckpointModelTests {
  /// Two pooled convolutions, so that more than one stage keeps something in training; samples that fill no whole number of shards.
  private static let config = """
    {
      "name": "small",
      "seed": 5,
      "data": { "dataset": "digits", "trainSamples": 96, "testSamples": 77 },
      "model": {
        "layers": [
          { "type": "conv2d", "filters": 4, "kernel": 3, "activation": "relu" }, { "type": "maxPool2d", "size": 2 },
          { "type": "dropout", "rate": 0.2 },
          { "type": "conv2d", "filters": 6, "kernel": 3, "activation": "relu" }, { "type": "maxPool2d", "size": 2 },
          { "type": "flatten" }, { "type": "dense", "units": 10 }
        ]
      },
      "training": { "epochs": 2, "batchSize": 24, "optimizer": "adam" }
    }
    """

  @Test("refuses samples of another kind than it was trained on: they would be predicted, and wrongly")
  func otherElements() throws {
    let path = NSTemporaryDirectory() + "lockstep-model-\(UUID().uuidString)"
    let numbers = try Samples(
      [Float](repeating: 0.5, count: 4 * 784), shape: [28, 28, 1], labels: [0, 1, 2, 3], classes: 10)
    let bytes = try Samples(
      [UInt8](repeating: 128, count: 4 * 784), shape: [28, 28, 1], labels: [0, 1, 2, 3], classes: 10)
    for (own, other) in [(bytes, numbers), (numbers, bytes)] {
      let config = try RunConfig(
        data: MemorySource(training: own, test: own), layers: [Flatten(), Dense(units: 10)], epochs: 1, batchSize: 4,
        optimizer: Adam())
      let folder = path + own.elements.rawValue
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let end = try Trainer(
        config: config, data: config.data.prepare(context: DatasetContext(), seed: config.seed),
        directory: RunDirectory(path: folder, config: config.checkpoint),
        machine: Machine(threads: 1, environment: [:]), observers: [], request: StopRequest()
      ).run()
      let file = try #require(end.checkpoint)
      let model = try CheckpointModel(
        CheckpointStore.load(file), path: file, config: config, sampleShape: own.shape,
        machine: Machine(threads: 1, environment: [:]))
      #expect(try model.evaluate(own.dataset).samples == 4)
      let expected = TrainingError.unfit(
        "the network was trained on \(own.elements.rawValue), and the samples of memory are \(other.elements.rawValue)")
      #expect(throws: expected) { try model.evaluate(other.dataset) }
      #expect(throws: expected) { try model.probabilities(other.dataset, samples: 4) }
      #expect(throws: expected) { try model.inputs(other.dataset, samples: 4) }
    }
  }

  @Test("predicts what it is judged by, with the same bits on any number of threads")
  func predictions() throws {
    let path = NSTemporaryDirectory() + "lockstep-model-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let config = try RunConfig(text: CheckpointModelTests.config)
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let end = try Trainer(
      config: config, data: data, directory: RunDirectory(path: path, config: config.checkpoint),
      machine: Machine(threads: 2, environment: [:]), observers: [], request: StopRequest()
    ).run()
    let file = try #require(end.checkpoint)

    var found: [[UInt32]] = []
    for threads in [1, 2, 5] {
      let model = try CheckpointModel(
        CheckpointStore.load(file), path: file, config: config, sampleShape: data.test.shape,
        machine: Machine(threads: threads, environment: [:]))
      let probabilities = try model.probabilities(data.test, samples: 77)
      let rows = (0..<77).map { Array(probabilities[$0 * 10..<($0 + 1) * 10]) }
      #expect(rows.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
      let predicted = rows.map { row in row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 } }
      var confusion = Array(repeating: Array(repeating: 0, count: 10), count: 10)
      for (sample, label) in data.test.labels.array().enumerated() { confusion[Int(label)][predicted[sample]] += 1 }
      #expect(try model.evaluate(data.test).confusion == confusion)
      found.append(probabilities.map(\.bitPattern))
    }
    #expect(found[0] == found[1] && found[0] == found[2])
  }
}
