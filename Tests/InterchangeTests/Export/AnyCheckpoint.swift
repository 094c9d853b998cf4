import Checkpoints
import Datasets
import Foundation
import Interchange
import Networks
import Tensors
import Testing
import Training

/// A checkpoint of a network with weights that nobody trained, none of them 0.
struct AnyCheckpoint {
  let config: RunConfig
  let checkpoint: Checkpoint

  /// - Parameters:
  ///   - network: the config's `model`, as JSON.
  ///   - training: the config's `training`, as JSON.
  ///   - scale: one for each channel, as are the offsets.
  ///   - gain: how large the weights are; with 1 they keep the size of what they are multiplied with.
  init(
    _ network: String, training: String = #"{"epochs": 1, "optimizer": "adam"}"#, scale: [Float] = [1 / 255],
    offset: [Float] = [0], gain: Float = 1, vocabulary: ConfigVocabulary = .standard
  ) throws {
    config = try RunConfig(
      text: #"{"name": "any", "data": {"dataset": "digits"}, "model": \#(network), "training": \#(training)}"#,
      vocabulary: vocabulary)
    let input = try #require(config.model.input)
    let planned = try config.makeNetwork(input: input, kernels: #require(Kernels(.portable)))
    var random = SmallRandom()
    let entries = planned.parameters.entries
    let parameters = entries.map { entry in
      let limit = gain * Float(3 / Double(entry.spec.fanIn)).squareRoot()
      let values = (0..<entry.spec.shape.count).map { _ in limit * random.next() }
      return NamedTensor(path: entry.datasetPath, tensor: TensorSnapshot(shape: entry.spec.shape, values: values))
    }
    let optimizer = config.training.optimizer
    let variables = entries.flatMap { entry in
      optimizer.slots.map { _ in
        TensorSnapshot(
          shape: entry.spec.shape, values: (0..<entry.spec.shape.count).map { _ in 0.001 * abs(random.next()) })
      }
    }
    checkpoint = Checkpoint(
      parameters: parameters,
      optimizer: OptimizerState(
        name: type(of: optimizer).kerasName, iterations: 12, learningRate: 0.002, variables: variables),
      run: RunState(
        config: config.resolvedText, epoch: 3, step: 12, batchesDone: 0, seed: 0, inputScale: scale,
        inputOffset: offset, instructionSet: "portable", producer: "test"))
  }

  /// As the program has it.
  func network() throws -> TrainedNetwork {
    try TrainedNetwork(checkpoint, path: "any.weights.h5", config: config, sampleShape: [1])
  }

  /// Some images, and what Lockstep makes of them.
  func predictions(samples: Int) throws -> (images: [UInt8], probabilities: [Float]) {
    let shape = try #require(config.model.input)
    var random = SmallRandom()
    let images = (0..<samples * shape.count).map { _ in UInt8(127.5 + 127 * random.next()) }
    let machine = try Machine(threads: 2, environment: ProcessInfo.processInfo.environment)
    let model = try CheckpointModel(
      checkpoint, path: "any.weights.h5", config: config, sampleShape: shape, machine: machine)
    return (images, try model.probabilities(of: Storage(images)))
  }
}

/// Numbers in −1...1, the same ones each time.
struct SmallRandom {
  private var state: UInt64 = 88_172_645_463_325_252

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(state >> 40) / Float(1 << 23) - 1
  }
}
