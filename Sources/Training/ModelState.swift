import Checkpoints
import Networks
import Optimizers
import Tensors

/// What training changes: the parameters and the optimizer's slots, each one flat vector, and how often they were updated.
///
/// The training thread owns it. Workers read all of the parameters in the gradient phase and write disjoint slices of everything in the
/// reduce phase.
package final class ModelState {
  /// The flat parameter vector.
  package let parameters: Storage<Float>
  /// One vector for each of the optimizer's slots, laid out like the parameters; all start at zero.
  package let slots: [Storage<Float>]
  /// Steps done: it keys the random numbers, and is the version of the parameters.
  package var step = 0
  /// Steps whose update was applied: all but those that were skipped.
  package var updates = 0

  package init(parameterCount: Int, slotCount: Int) {
    parameters = Storage(count: parameterCount)
    slots = (0..<slotCount).map { _ in Storage(count: parameterCount) }
  }

  /// The slots, for the reduce phase.
  var slotViews: SlotViews {
    var views = SlotViews()
    for slot in slots { views.append(slot.mutableView) }
    return views
  }
}

extension ModelState {
  /// The first parameter, or the first that a slot is kept for, that is not finite: `the parameter dense/bias`; nil where all are.
  func nonFinite(_ network: Network) -> String? {
    if let parameter = network.nonFiniteParameter(in: parameters.view) { return parameter.description }
    for slot in slots {
      if let parameter = network.nonFiniteParameter(in: slot.view) { return "the optimizer's state for \(parameter)" }
    }
    return nil
  }
}

// MARK: Checkpoints

extension ModelState {
  /// Copies the parameters: one copy of the vector, of which each tensor names its part.
  func parameterSnapshot(_ layout: ParameterLayout) -> [NamedTensor] {
    let copy = ModelState.copy(parameters)
    return layout.entries.map {
      NamedTensor(
        path: $0.datasetPath, tensor: TensorSnapshot(shape: $0.spec.shape, storage: copy, range: $0.range))
    }
  }

  /// Copies the optimizer's state in Keras's order: parameter by parameter, the slots of each one behind the other.
  func optimizerSnapshot(_ layout: ParameterLayout, optimizer: any Optimizer, rate: Double) -> OptimizerState {
    let copies = slots.map(ModelState.copy)
    return OptimizerState(
      name: type(of: optimizer).kerasName, iterations: updates, learningRate: Float(rate),
      variables: layout.entries.flatMap { entry in
        copies.map { TensorSnapshot(shape: entry.spec.shape, storage: $0, range: entry.range) }
      })
  }

  /// Shapes of the variables that `optimizerSnapshot` makes.
  func slotShapes(_ layout: ParameterLayout) -> [Shape] {
    layout.entries.flatMap { Array(repeating: $0.spec.shape, count: slots.count) }
  }

  /// Takes over a checkpoint that was found to fit.
  func restore(_ checkpoint: Checkpoint, layout: ParameterLayout) {
    restoreParameters(checkpoint.parameters, layout: layout)
    for (index, entry) in layout.entries.enumerated() {
      for (number, slot) in slots.enumerated() {
        checkpoint.optimizer.variables[index * slots.count + number].copy(to: slot.mutableView[entry.range])
      }
    }
    step = checkpoint.run.step
    updates = checkpoint.optimizer.iterations
  }

  /// Takes over the parameters alone.
  func restoreParameters(_ parameters: [NamedTensor], layout: ParameterLayout) {
    let tensors = Dictionary(uniqueKeysWithValues: parameters.map { ($0.path, $0.tensor) })
    for entry in layout.entries { tensors[entry.datasetPath]?.copy(to: self.parameters.mutableView[entry.range]) }
  }

  private static func copy(_ storage: Storage<Float>) -> Storage<Float> {
    let copy = Storage<Float>(count: storage.count, zeroed: false)
    copy.mutableView.copy(from: storage.view)
    return copy
  }
}
