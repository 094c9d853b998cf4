import Checkpoints
import Datasets
import Networks
import Tensors
import Workers

/// Evaluates a checkpoint outside of a training run.
public enum CheckpointEvaluation {
  /// Samples that a worker puts through the network at once.
  private static let shardSize = 32

  /// Puts a data set through a checkpoint's network.
  ///
  /// - Parameters:
  ///   - path: the checkpoint's file, for messages.
  ///   - config: the run's config, out of the checkpoint.
  ///   - dataset: all of its samples are evaluated, normalised as the checkpoint says.
  /// - Throws: `TrainingError.otherNetwork` where the checkpoint does not fit its config, `unfit` where the data set does not.
  public static func run(
    _ checkpoint: Checkpoint, path: String, config: RunConfig, dataset: ImageDataset, machine: Machine
  ) throws -> Evaluation {
    let network = try config.makeNetwork(input: config.model.input ?? dataset.shape, kernels: machine.kernels)
    try config.check(network, fits: dataset)
    let parameters = try network.parameters(of: checkpoint, path: path)
    guard let normalization = checkpoint.normalization, normalization.scale.count == dataset.shape[2] else {
      throw TrainingError.damagedState(path: path)
    }
    let pool = WorkerPool(workerCount: machine.threads, spins: machine.threads <= machine.processors)
    let evaluator = Evaluator(
      network: network, metrics: config.training.metrics, normalization: normalization, pool: pool,
      workspaces: (0..<machine.threads).map { _ in Workspace(for: network, capacity: shardSize) })
    let samples = Sampler(dataset: dataset, order: .sequential, batchSize: 1).samples
    return try evaluator.evaluate(
      dataset, samples: samples.view, loss: config.training.loss, parameters: parameters.view)
  }
}

extension Checkpoint {
  /// How inputs are made from bytes; nil where the checkpoint does not say.
  var normalization: Normalization? {
    guard !run.inputScale.isEmpty, run.inputScale.count == run.inputOffset.count else { return nil }
    return Normalization(scale: run.inputScale, offset: run.inputOffset)
  }
}

extension Network {
  /// A checkpoint's parameters as one flat vector.
  ///
  /// - Throws: `TrainingError.otherNetwork` with every disagreement.
  func parameters(of checkpoint: Checkpoint, path: String) throws(TrainingError) -> Storage<Float> {
    let expected = parameters.entries.map { (path: $0.datasetPath, shape: $0.spec.shape) }
    let disagreements = checkpoint.disagreements(with: expected, optimizer: nil)
    guard disagreements.isEmpty else {
      throw .otherNetwork(path: path, disagreements: disagreements.map(\.description))
    }
    let model = ModelState(parameterCount: parameters.count, slotCount: 0)
    model.restoreParameters(checkpoint, layout: parameters)
    return model.parameters
  }
}
