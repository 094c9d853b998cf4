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
  /// A shard's inputs for each worker, kept because predictions may be many and small.
  private lazy var shardInputs = workspaces.map {
    Storage<Float>(count: $0.capacity * network.input.count, zeroed: false)
  }

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
  /// - Parameter mistakes: how many of the most confident mistakes to name.
  /// - Throws: `TrainingError.unfit` where the data set does not fit the network.
  public func evaluate(_ dataset: ImageDataset, mistakes: Int = 0) throws -> Evaluation {
    try check(dataset)
    let evaluator = Evaluator(
      network: network, metrics: config.training.metrics, normalization: normalization, pool: pool,
      workspaces: workspaces)
    let samples = Sampler(dataset: dataset, order: .sequential, batchSize: 1).samples
    return try evaluator.evaluate(
      dataset, samples: samples.view, loss: config.training.loss, parameters: parameters.view, version: 0,
      mistakes: mistakes)
  }

  /// The softmax of the network's outputs for the first samples of a data set, `[samples, classes]`.
  ///
  /// - Throws: `TrainingError.unfit` where the data set does not fit the network.
  public func probabilities(_ dataset: ImageDataset, samples: Int) throws -> [Float] {
    let reader = try reader(of: dataset, samples: samples)
    let indices = Sampler(dataset: dataset, order: .sequential, batchSize: 1).samples
    let labels = Storage<Int32>(count: samples, zeroed: false)
    // Views do not keep memory alive.
    defer { withExtendedLifetime((indices, labels)) {} }
    let (indexView, labelView) = (indices.view, labels.mutableView)
    return try probabilities(samples: samples) { range, inputs in
      reader.read(indexView[range], inputs: inputs, labels: labelView[range])
    }
  }

  /// The softmax of the network's outputs for images that are no data set, `[images, classes]`: pictures from outside, prepared as the
  /// samples that the network was trained on.
  ///
  /// May be called again and again, but not by two threads at once: the workers' memory is used again.
  ///
  /// - Parameter images: `[images, height, width, channels]`, 0 to 255, at least one.
  /// - Throws: `TrainingError.unfit` where their number of bytes is no multiple of an input's, or the network was not trained on bytes.
  public func probabilities(of images: Storage<UInt8>) throws -> [Float] {
    let (width, elements) = (network.input.count, config.data.source.elements)
    guard elements == .bytes else {
      throw TrainingError.unfit("the network was trained on \(elements.rawValue), and pictures are bytes")
    }
    guard images.count > 0, images.count.isMultiple(of: width), width.isMultiple(of: normalization.scale.count) else {
      throw TrainingError.unfit(
        "the network takes inputs of \(network.input) with \(normalization.scale.count) channels, "
          + "and \(images.count) bytes are no number of them")
    }
    defer { withExtendedLifetime(images) {} }
    let (bytes, normalization, kernels) = (images.view, normalization, network.kernels)
    return try probabilities(samples: images.count / width) { range, inputs in
      // Channels come last and inputs are a multiple of them, so a run of samples is normalised as one.
      normalization.apply(
        to: bytes[range.lowerBound * width..<range.upperBound * width], output: inputs, kernels: kernels)
    }
  }

  /// - Parameter read: writes the inputs of a run of samples.
  private func probabilities(
    samples: Int, read: @escaping @Sendable (_ range: Range<Int>, _ inputs: MutableView<Float>) -> Void
  ) throws -> [Float] {
    let (network, workspaces) = (network, workspaces)
    let (classes, width, size) = (network.output.count, network.input.count, CheckpointModel.shardSize)
    let inputs = shardInputs
    let outputs = Storage<Float>(count: samples * classes)
    defer { withExtendedLifetime((inputs, outputs)) {} }
    let (outputView, parameterView) = (outputs.mutableView, parameters.view)
    let compute: WorkerPool.Body = { worker, item in
      let range = item * size..<min((item + 1) * size, samples)
      let shard = inputs[worker].mutableView[0..<range.count * width]
      read(range, shard)
      let logits = network.predict(
        shard.readOnly, samples: range.count, parameters: parameterView, version: 0,
        workspace: workspaces[worker])
      network.kernels.softmax(
        samples: range.count, classes: classes, logits: logits,
        probabilities: outputView[range.lowerBound * classes..<range.upperBound * classes])
    }
    let shards = (samples + size - 1) / size
    // One alone is not worth waking the others for.
    if shards == 1 { try compute(0, 0) } else { try pool.run(shards, compute) }
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
    let trained = config.data.source.elements
    // The same picture as numbers from 0 to 1 would be another one, and nothing else would tell.
    guard dataset.elements == trained else {
      throw .unfit(
        "the network was trained on \(trained.rawValue), and the samples of \(dataset.name) are \(dataset.elements.rawValue)"
      )
    }
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
