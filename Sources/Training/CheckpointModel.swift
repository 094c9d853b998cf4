import Checkpoints
import Datasets
import Networks
import Tensors
import Workers

/// A checkpoint that can be used without its run: its network with its parameters, and how inputs are made for it.
public final class CheckpointModel {
  /// Samples that a worker puts through the network at once.
  static let shardSize = 32

  /// The network.
  public let network: Network

  let config: RunConfig
  let normalization: Normalization
  let parameters: Storage<Float>
  let pool: WorkerPool
  let workspaces: [Workspace]
  /// A shard's inputs for each worker; for `probabilities(bytes:)`, which is called often.
  lazy var byteInputs = workspaces.map { Storage<Float>(count: $0.capacity * network.input.count, zeroed: false) }

  /// - Parameters:
  ///   - path: the checkpoint's file, for messages.
  ///   - config: the run's config, out of the checkpoint.
  ///   - sampleShape: shape of the images to come, for a config that does not say its input.
  ///   - spins: whether threads that wait for work spin before they sleep; by default where there is a processor for each.
  /// - Throws: `TrainingError.otherNetwork` where the checkpoint does not fit its config, `damagedState` where it does not say how inputs are made,
  ///   `tooLittleMemory`.
  public init(
    _ checkpoint: Checkpoint, path: String, config: RunConfig, sampleShape: Shape, machine: Machine, spins: Bool? = nil
  ) throws {
    network = try config.makeNetwork(input: config.model.input ?? sampleShape, kernels: machine.kernels)
    parameters = try network.parameters(of: checkpoint, path: path)
    guard let normalization = checkpoint.normalization else { throw TrainingError.damagedState(path: path) }
    self.config = config
    self.normalization = normalization
    pool = WorkerPool(workerCount: machine.threads, spins: spins ?? (machine.threads <= machine.processors))
    let network = network
    var demand = MemoryDemand()
    demand.addWorkspaces(
      for: network, capacity: CheckpointModel.shardSize, purpose: .evaluation, threads: machine.threads)
    demand.addProgram(threads: machine.threads)
    // The checkpoint's own tensors, and the vector they are copied to.
    demand.addVectors(2, of: network)
    try demand.check()
    workspaces = (0..<machine.threads).map { _ in
      Workspace(for: network, capacity: CheckpointModel.shardSize, purpose: .evaluation)
    }
  }

  /// Loss, metrics and confusion matrix over all samples of a data set.
  ///
  /// - Throws: `TrainingError.unfit` where the data set does not fit the network.
  public func evaluate(_ dataset: ImageDataset) throws -> Evaluation {
    try check(dataset)
    let evaluator = Evaluator(
      network: network, metrics: config.training.metrics, normalization: normalization, pool: pool,
      workspaces: workspaces)
    let samples = Sampler(dataset: dataset, order: .sequential, batchSize: 1).samples
    return try evaluator.evaluate(
      dataset, samples: samples.view, loss: config.training.loss, parameters: parameters.view, version: 0)
  }

  /// The softmax of the network's outputs for the first samples of a data set, `[samples, classes]`.
  ///
  /// - Throws: `TrainingError.unfit` where the data set does not fit the network.
  public func probabilities(_ dataset: ImageDataset, samples: Int) throws -> [Float] {
    let reader = try reader(of: dataset, samples: samples)
    let indices = Sampler(dataset: dataset, order: .sequential, batchSize: 1).samples
    let (network, workspaces) = (network, workspaces)
    let (classes, size) = (network.output.count, CheckpointModel.shardSize)
    let inputs = workspaces.map { Storage<Float>(count: $0.capacity * reader.width, zeroed: false) }
    let labels = Storage<Int32>(count: samples, zeroed: false)
    let outputs = Storage<Float>(count: samples * classes)
    // Views do not keep memory alive.
    defer { withExtendedLifetime((indices, inputs, labels, outputs)) {} }
    let (indexView, labelView) = (indices.view, labels.mutableView)
    let (outputView, parameterView) = (outputs.mutableView, parameters.view)
    try pool.run((samples + size - 1) / size) { worker, item in
      let range = item * size..<min((item + 1) * size, samples)
      let shardInputs = inputs[worker].mutableView[0..<range.count * reader.width]
      reader.read(indexView[range], inputs: shardInputs, labels: labelView[range])
      let logits = network.predict(
        shardInputs.readOnly, samples: range.count, parameters: parameterView, version: 0,
        workspace: workspaces[worker])
      network.kernels.softmax(
        samples: range.count, classes: classes, logits: logits,
        probabilities: outputView[range.lowerBound * classes..<range.upperBound * classes])
    }
    return outputs.array()
  }

  /// The inputs that the network sees for the first samples of a data set, `[samples, input shape]`.
  ///
  /// - Throws: `TrainingError.unfit` where the data set does not fit the network.
  public func inputs(_ dataset: ImageDataset, samples: Int) throws -> [Float] {
    let reader = try reader(of: dataset, samples: samples)
    let indices = Sampler(dataset: dataset, order: .sequential, batchSize: 1).samples
    let inputs = Storage<Float>(count: samples * reader.width, zeroed: false)
    let labels = Storage<Int32>(count: samples, zeroed: false)
    reader.read(indices.view[0..<samples], inputs: inputs.mutableView, labels: labels.mutableView)
    return withExtendedLifetime((indices, labels)) { inputs.array() }
  }

  private func reader(of dataset: ImageDataset, samples: Int) throws(TrainingError) -> SampleReader {
    try check(dataset)
    precondition(samples >= 1 && samples <= dataset.count, "more samples than the data set has")
    return SampleReader(dataset, normalization: normalization, kernels: network.kernels)
  }

  private func check(_ dataset: ImageDataset) throws(TrainingError) {
    try config.check(network, fits: dataset)
    guard normalization.scale.count == dataset.shape[2] else {
      throw .unfit(
        "the network was trained on \(normalization.scale.count) channels, \(dataset.name) has \(dataset.shape[2])")
    }
  }
}

extension Checkpoint {
  /// How inputs are made from bytes; nil where the checkpoint does not say.
  fileprivate var normalization: Normalization? {
    guard !run.inputScale.isEmpty, run.inputScale.count == run.inputOffset.count else { return nil }
    return Normalization(scale: run.inputScale, offset: run.inputOffset)
  }
}

extension Network {
  /// A checkpoint's parameters as one flat vector.
  ///
  /// - Throws: `TrainingError.otherNetwork` with every disagreement.
  fileprivate func parameters(of checkpoint: Checkpoint, path: String) throws(TrainingError) -> Storage<Float> {
    let expected = parameters.entries.map { (path: $0.datasetPath, shape: $0.spec.shape) }
    let disagreements = checkpoint.disagreements(with: expected, optimizer: nil)
    guard disagreements.isEmpty else {
      throw .otherNetwork(path: path, disagreements: disagreements.map(\.description))
    }
    let model = ModelState(parameterCount: parameters.count, slotCount: 0)
    model.restoreParameters(checkpoint.parameters, layout: parameters)
    return model.parameters
  }
}
