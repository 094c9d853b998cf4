import Checkpoints
import Optimizers
import Tensors

/// Beginning from what another run, or another program, has left.
extension Trainer {
  /// Takes over parameters that were trained elsewhere, and saves them as the run's checkpoint of step 0. To be called instead of
  /// `run`; a resume then goes on from there, with a fresh optimizer.
  ///
  /// - Parameter path: where they come from, for messages.
  /// - Returns: the checkpoint's file.
  /// - Throws: `TrainingError.otherNetwork` with every disagreement, `WriteError`.
  public func begin(with parameters: [NamedTensor], from path: String) throws -> String? {
    let disagreements = Disagreement.between(
      expected: network.parameters.entries.map { ($0.datasetPath, $0.spec.shape) },
      found: parameters.map { ($0.path, $0.tensor.shape) })
    guard disagreements.isEmpty else {
      throw TrainingError.otherNetwork(path: path, disagreements: disagreements.map(\.description))
    }
    engine.model.restoreParameters(parameters, layout: network.parameters)
    try save()
    announce(try saver.finish())
    return saver.newestPath
  }

  /// Takes over a checkpoint's state: `run` goes on after its last step. To be called before `run`.
  ///
  /// - Parameters:
  ///   - checkpoint: from a run of the same config; only the number of epochs may differ.
  ///   - path: its file, for messages.
  ///   - acceptsOtherBits: whether another instruction set than the checkpoint's may go on.
  /// - Throws: `TrainingError`: another network or optimizer (with every disagreement), other data, a position that this run does not have.
  public func restore(_ checkpoint: Checkpoint, from path: String, acceptsOtherBits: Bool = false) throws(TrainingError)
  {
    let here = network.kernels.instructionSet.rawValue
    guard acceptsOtherBits || checkpoint.run.instructionSet == here else {
      throw .otherInstructionSet(checkpoint: checkpoint.run.instructionSet, here: here)
    }
    let optimizer = config.training.optimizer
    let disagreements = checkpoint.disagreements(
      with: network.parameters.entries.map { ($0.datasetPath, $0.spec.shape) },
      optimizer: (type(of: optimizer).kerasName, engine.model.slotShapes(network.parameters)))
    guard disagreements.isEmpty else {
      throw .otherNetwork(path: path, disagreements: disagreements.map(\.description))
    }
    guard checkpoint.run.dataFingerprint == data.training.fingerprint else {
      throw .otherData(
        expected: SHA256.hexadecimal(checkpoint.run.dataFingerprint),
        found: SHA256.hexadecimal(data.training.fingerprint))
    }
    guard checkpoint.run.step <= position.totalSteps, checkpoint.run.epoch <= position.epochs else {
      throw .beyondTheEnd(path: path, step: checkpoint.run.step, totalSteps: position.totalSteps)
    }
    guard let record = RunRecord(restoring: checkpoint.run, metrics: config.training.metrics),
      let position = position.restored(step: checkpoint.run.step, epochsFinished: checkpoint.run.epoch)
    else {
      throw .damagedState(path: path)
    }
    let samples = data.split.training.count
    if let contradiction = checkpoint.contradiction(position: position, config: config, samples: samples) {
      throw .contradiction(path: path, found: contradiction)
    }
    self.record = record
    self.position = position
    engine.model.restore(checkpoint, layout: network.parameters)
    rate = Double(checkpoint.optimizer.learningRate)
    saver.restored(position: position, path: path)
  }
}
