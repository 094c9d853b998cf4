import Tensors

/// Where, in the order of a step's calculation, a number first was not finite. Reads as a noun: `the output of conv2d_1`.
public enum NonFinite: Equatable, Sendable, CustomStringConvertible {
  /// A parameter, before the step began.
  case parameter(String)
  /// What one or more layers that run as one gave forward.
  case output(layers: String)
  /// The loss of a sample, although the network's outputs are finite.
  case loss
  /// The gradient of the loss in the network's outputs.
  case lossGradient
  /// What one or more layers gave backward.
  case inputGradient(layers: String)
  /// The gradient of a parameter.
  case gradient(parameter: String)

  /// Whether it was there before the step began.
  public var isOfTheModel: Bool {
    if case .parameter = self { true } else { false }
  }

  /// What it is, with the names of layers and parameters.
  public var description: String {
    switch self {
    case .parameter(let name): "the parameter \(name)"
    case .output(let layers): "the output of \(layers)"
    case .loss: "the loss"
    case .lossGradient: "the gradient of the loss in the network's outputs"
    case .inputGradient(let layers): "the gradient in the inputs of \(layers)"
    case .gradient(let name): "the gradient of \(name)"
    }
  }
}

/// One place of the first number that is not finite, and how early in the step it comes: forward from the first stage to
/// the last, then the loss, then backward.
public struct NonFiniteFinding: Equatable, Sendable {
  /// The smaller, the earlier.
  public let moment: Int
  /// The place.
  public let place: NonFinite
}

// A search after the fact: it repeats what a step did and looks at every value, so it may be slow.
extension Network {
  /// The first parameter, in the order of the layers, that is not finite; nil where all are.
  public func nonFiniteParameter(in parameters: View<Float>) -> NonFinite? {
    entry(in: parameters, orderedBy: self.parameters.entries).map { .parameter($0.name) }
  }

  /// The last layer's parameter, which is the first that the backward pass comes to, whose part of a gradient vector is not
  /// finite; nil where all are.
  ///
  /// - Parameters:
  ///   - gradient: a slice of the vector.
  ///   - range: which slice.
  public func nonFiniteGradient(in gradient: View<Float>, of range: Range<Int>) -> NonFiniteFinding? {
    precondition(gradient.count == range.count, "slice of another length")
    let entries = parameters.entries
    for index in entries.indices.reversed() {
      let part = entries[index].range.clamped(to: range)
      if !part.isEmpty, !isFinite(gradient[part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound]) {
        return NonFiniteFinding(
          moment: entries.count - index, place: .gradient(parameter: entries[index].name))
      }
    }
    return nil
  }

  /// Repeats `train` for one shard, and stops at the first number that is not finite; nil where all are.
  ///
  /// Writes what `train` writes, with the same values up to there.
  public func firstNonFinite(
    in shard: Shard, pass: TrainingPass, loss: some Loss, parameters: View<Float>, gradient: MutableView<Float>,
    workspace: Workspace, keeping memory: BatchMemory?
  ) -> NonFiniteFinding? {
    check(shard, parameters: parameters, workspace: workspace)
    prepare(version: pass.step, parameters: parameters, workspace: workspace)
    if let finding = forwardFinding(shard, pass: pass, parameters: parameters, workspace: workspace) { return finding }
    let outputs = values(
      self.memory.outputOffset, count: output.count, samples: shard.samples, workspace: workspace
    ).readOnly
    let outputGradient = workspace.gradients.0.mutableView[0..<outputs.count]
    loss.evaluate(
      LossPass(
        kernels: kernels, classes: output.count, outputs: outputs, labels: shard.labels, scale: pass.scale,
        losses: shard.losses, gradient: outputGradient))
    if !isFinite(shard.losses.readOnly) { return NonFiniteFinding(moment: stages.count, place: .loss) }
    if !isFinite(outputGradient.readOnly) {
      return NonFiniteFinding(moment: stages.count + 1, place: .lossGradient)
    }
    return backwardFinding(
      shard, pass: pass, parameters: parameters, gradient: gradient, workspace: workspace, memory: memory)
  }

  private func forwardFinding(
    _ shard: Shard, pass: TrainingPass, parameters: View<Float>, workspace: Workspace
  ) -> NonFiniteFinding? {
    var finding: NonFiniteFinding?
    program.forEach { stage in
      if finding != nil { return }
      forward(
        stage, inputs: shard.inputs, samples: shard.samples, parameters: parameters, workspace: workspace,
        training: (pass, shard.firstSample))
      let place = stage.place
      let outputs = values(
        place.activations.output, count: place.outputCount, samples: shard.samples, workspace: workspace)
      if !isFinite(outputs.readOnly) {
        finding = NonFiniteFinding(moment: place.index, place: .output(layers: layerNames(of: place)))
      }
    }
    return finding
  }

  private func backwardFinding(
    _ shard: Shard, pass: TrainingPass, parameters: View<Float>, gradient: MutableView<Float>, workspace: Workspace,
    memory: BatchMemory?
  ) -> NonFiniteFinding? {
    var finding: NonFiniteFinding?
    var (here, there) = (workspace.gradients.0.mutableView, workspace.gradients.1.mutableView)
    program.forEachBackwards { stage in
      let place = stage.place
      guard finding == nil, place.hasBackward else { return }
      backward(
        stage, shard: shard, pass: pass, parameters: parameters, gradient: gradient, from: here, to: there,
        workspace: workspace, memory: memory)
      let moment = 2 * stages.count + 1 - place.index
      if let name = nonFiniteGradient(of: place, in: gradient.readOnly) {
        finding = NonFiniteFinding(moment: moment, place: .gradient(parameter: name))
      } else if place.needsInputGradient {
        let inputs = (place.activations.isInPlace ? here : there)[0..<shard.samples * place.inputCount]
        if !isFinite(inputs.readOnly) {
          finding = NonFiniteFinding(moment: moment, place: .inputGradient(layers: layerNames(of: place)))
        }
      }
      if !place.activations.isInPlace { swap(&here, &there) }
    }
    return finding
  }

  /// The name of a stage's parameter whose gradient the shard formed and is not finite; nil where there is none.
  private func nonFiniteGradient(of place: StagePlace, in gradient: View<Float>) -> String? {
    let entries = parameters.entries.filter { entry in
      (0..<place.parameters.count).contains { place.parameters[$0] == entry.range }
        && entry.range.upperBound <= gradient.count
    }
    return entry(in: gradient, orderedBy: entries)?.name
  }

  private func entry(in vector: View<Float>, orderedBy entries: [ParameterLayout.Entry]) -> ParameterLayout.Entry? {
    entries.first { !isFinite(vector[$0.range]) }
  }

  private func isFinite(_ values: View<Float>) -> Bool { kernels.largestMagnitude(values).isFinite }

  /// `conv2d`, or `conv2d and max_pooling2d` where two run as one.
  private func layerNames(of place: StagePlace) -> String {
    stages[place.index].layers.map { layers[$0].name }.joined(separator: " and ")
  }
}
