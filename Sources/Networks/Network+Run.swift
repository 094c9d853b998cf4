import Tensors

/// The samples of one shard and where its results go.
public struct Shard: Sendable {
  /// `[samples, input shape]`.
  public let inputs: View<Float>
  /// `[samples]`.
  public let labels: View<Int32>
  /// Loss of every sample, to be written.
  public let losses: MutableView<Float>
  /// Rank of the label among the outputs (0: right), to be written.
  public let ranks: MutableView<Int32>
  /// Place of the first sample in the minibatch.
  public let firstSample: Int

  /// Describes a shard; all but `inputs` have as many elements as there are samples.
  public init(
    inputs: View<Float>, labels: View<Int32>, losses: MutableView<Float>, ranks: MutableView<Int32>, firstSample: Int
  ) {
    self.inputs = inputs
    self.labels = labels
    self.losses = losses
    self.ranks = ranks
    self.firstSample = firstSample
  }

  /// Number of samples.
  public var samples: Int { labels.count }
}

/// What a training pass needs beside the shard.
public struct TrainingPass: Sendable {
  /// Seed of the run.
  public let seed: UInt64
  /// The step, from 0: keys the random numbers, and is the version of the parameters.
  public let step: Int
  /// 1 / samples of the minibatch.
  public let scale: Float

  /// Creates a pass.
  public init(seed: UInt64, step: Int, scale: Float) {
    self.seed = seed
    self.step = step
    self.scale = scale
  }
}

extension Network {
  /// Forward and backward of one shard.
  ///
  /// - Parameters:
  ///   - gradient: gets the shard's gradient of the mean loss of the minibatch; the padding between tensors is not
  ///     touched.
  ///   - parameters: the flat vector, read only.
  ///   - memory: where layers keep what their deferred gradients need; `gradient` then is only the front of the vector,
  ///     `parameters.perShardCount` floats. With nil nothing is deferred, and `gradient` is the whole vector.
  ///   - boundsGradient: whether to look at the gradient's magnitude.
  /// - Returns: with `boundsGradient`, a number that no partial sum of this shard's part of any element of the minibatch's
  ///   gradient exceeds in magnitude, infinite where one may not be finite; else 0.
  @discardableResult
  public func train(
    _ shard: Shard, pass: TrainingPass, loss: some Loss, parameters: View<Float>, gradient: MutableView<Float>,
    workspace: Workspace, keeping memory: BatchMemory? = nil, boundsGradient: Bool = false
  ) -> Double {
    check(shard, parameters: parameters, workspace: workspace)
    precondition(
      gradient.count == (memory == nil ? self.parameters.count : self.parameters.perShardCount),
      "gradient vector of another network")
    if let memory { precondition(shard.firstSample + shard.samples <= memory.capacity, "batch memory too small") }
    prepare(version: pass.step, parameters: parameters, workspace: workspace)
    forward(
      shard.inputs, samples: shard.samples, parameters: parameters, workspace: workspace,
      training: (pass, shard.firstSample))
    let outputs = values(
      self.memory.outputOffset, count: output.count, samples: shard.samples, workspace: workspace
    ).readOnly
    kernels.labelRank(classes: output.count, logits: outputs, labels: shard.labels, ranks: shard.ranks)
    loss.evaluate(
      LossPass(
        kernels: kernels, classes: output.count, outputs: outputs, labels: shard.labels, scale: pass.scale,
        losses: shard.losses, gradient: workspace.gradients.0.mutableView[0..<outputs.count]))
    workspace.recorder?.lap(.loss)
    let deferred = backward(
      shard, pass: pass, parameters: parameters, gradient: gradient, workspace: workspace, memory: memory,
      boundsDeferred: boundsGradient)
    return boundsGradient ? max(deferred, Double(kernels.largestMagnitude(gradient.readOnly))) : 0
  }

  /// Forward alone, with losses and ranks; dropout and its like are off.
  ///
  /// - Parameter version: of the parameters, as in `predict`.
  /// - Returns: the outputs, `[samples, classes]`, valid until the workspace is used again.
  @discardableResult
  public func evaluate(
    _ shard: Shard, loss: some Loss, parameters: View<Float>, version: Int, workspace: Workspace
  ) -> View<Float> {
    check(shard, parameters: parameters, workspace: workspace)
    let outputs = predict(
      shard.inputs, samples: shard.samples, parameters: parameters, version: version, workspace: workspace)
    kernels.labelRank(classes: output.count, logits: outputs, labels: shard.labels, ranks: shard.ranks)
    loss.evaluate(
      LossPass(
        kernels: kernels, classes: output.count, outputs: outputs, labels: shard.labels, scale: 1,
        losses: shard.losses, gradient: nil))
    return outputs
  }

  /// The network's outputs for `samples` samples, valid until the workspace is used again.
  ///
  /// - Parameter version: of the parameters, 0 or more: the number of steps that made them. A workspace keeps what it
  ///   derived from them until it meets another version.
  public func predict(
    _ inputs: View<Float>, samples: Int, parameters: View<Float>, version: Int, workspace: Workspace
  ) -> View<Float> {
    precondition(samples <= workspace.capacity, "shard larger than its workspace")
    prepare(version: version, parameters: parameters, workspace: workspace)
    forward(inputs, samples: samples, parameters: parameters, workspace: workspace, training: nil)
    return values(
      memory.evaluationOffset(memory.evaluationOutput), count: output.count, samples: samples, workspace: workspace
    ).readOnly
  }

  func check(_ shard: Shard, parameters: View<Float>, workspace: Workspace) {
    precondition((1...workspace.capacity).contains(shard.samples), "shard empty or larger than its workspace")
    precondition(parameters.count == self.parameters.count, "parameter vector of another network")
  }

  func prepare(version: Int, parameters: View<Float>, workspace: Workspace) {
    if workspace.preparedVersion == version { return }
    let prepared = workspace.prepared.mutableView
    program.forEach { stage in
      let place = stage.place
      if place.preparedForward.isEmpty && place.preparedBackward.isEmpty { return }
      stage.prepare(
        PreparePass(
          kernels: kernels, parameters: ParameterViews(vector: parameters, ranges: place.parameters),
          forward: prepared[place.preparedForward],
          backward: place.needsInputGradient ? prepared[place.preparedBackward] : nil))
      workspace.recorder?.lap(.prepare, place.index)
    }
    workspace.preparedVersion = version
  }

  private func forward(
    _ inputs: View<Float>, samples: Int, parameters: View<Float>, workspace: Workspace,
    training: (pass: TrainingPass, firstSample: Int)?
  ) {
    program.forEach { stage in
      forward(
        stage, inputs: inputs, samples: samples, parameters: parameters, workspace: workspace, training: training)
      workspace.recorder?.lap(.forward, stage.place.index)
    }
  }

  @inline(__always)
  func forward(
    _ stage: Stage, inputs: View<Float>, samples: Int, parameters: View<Float>, workspace: Workspace,
    training: (pass: TrainingPass, firstSample: Int)?
  ) {
    let place = stage.place
    let activations = training == nil ? memory.evaluationPlace(of: place) : place.activations
    stage.forward(
      ForwardPass(
        kernels: kernels, samples: samples,
        input: input(of: place, at: activations.input, samples: samples, inputs: inputs, workspace: workspace),
        output: values(activations.output, count: place.outputCount, samples: samples, workspace: workspace),
        isInPlace: activations.isInPlace,
        parameters: ParameterViews(vector: parameters, ranges: place.parameters),
        prepared: workspace.prepared.view[place.preparedForward],
        saved: saved(of: place, samples: training == nil ? 0 : samples, workspace: workspace),
        scratch: workspace.scratch.mutableView,
        random: training.map {
          LayerRandom(seed: $0.pass.seed, layer: place.lane, step: $0.pass.step, firstSample: $0.firstSample)
        }))
  }

  /// The gradient of the output lies in the first of two buffers; a stage that is not in place reads one and writes the
  /// other.
  ///
  /// - Returns: with `boundsDeferred` the largest of the deferred gradients' bounds, else 0.
  private func backward(
    _ shard: Shard, pass: TrainingPass, parameters: View<Float>, gradient: MutableView<Float>, workspace: Workspace,
    memory: BatchMemory?, boundsDeferred: Bool
  ) -> Double {
    var (here, there) = (workspace.gradients.0.mutableView, workspace.gradients.1.mutableView)
    var bound = 0.0
    program.forEachBackwards { stage in
      let place = stage.place
      guard place.hasBackward else { return }
      if boundsDeferred, memory != nil, place.deferred != nil {
        bound = max(bound, deferredBound(place, shard: shard, outputGradient: here.readOnly, workspace: workspace))
      }
      backward(
        stage, shard: shard, pass: pass, parameters: parameters, gradient: gradient, from: here, to: there,
        workspace: workspace, memory: memory)
      workspace.recorder?.lap(.backward, place.index)
      if !place.activations.isInPlace { swap(&here, &there) }
    }
    return bound
  }

  @inline(__always)
  func backward(
    _ stage: Stage, shard: Shard, pass: TrainingPass, parameters: View<Float>, gradient: MutableView<Float>,
    from here: MutableView<Float>, to there: MutableView<Float>, workspace: Workspace, memory: BatchMemory?
  ) {
    let (place, samples) = (stage.place, shard.samples)
    let activations = place.activations
    let target = activations.isInPlace ? here : there
    stage.backward(
      BackwardPass(
        kernels: kernels, samples: samples,
        input: input(of: place, at: activations.input, samples: samples, inputs: shard.inputs, workspace: workspace),
        output: values(activations.output, count: place.outputCount, samples: samples, workspace: workspace).readOnly,
        outputGradient: here[0..<samples * place.outputCount].readOnly,
        inputGradient: place.needsInputGradient ? target[0..<samples * place.inputCount] : nil,
        isInPlace: activations.isInPlace,
        parameters: ParameterViews(vector: parameters, ranges: place.parameters),
        gradients: ParameterGradients(vector: gradient, ranges: place.parameters),
        kept: keptSamples(of: place, firstSample: shard.firstSample, memory: memory),
        prepared: workspace.prepared.view[place.preparedBackward],
        saved: saved(of: place, samples: samples, workspace: workspace).readOnly,
        scratch: workspace.scratch.mutableView,
        random: LayerRandom(seed: pass.seed, layer: place.lane, step: pass.step, firstSample: shard.firstSample)))
  }

  /// What no partial sum of the shard's part of a deferred gradient exceeds: each element is a sum over samples of an input
  /// times an output gradient, which may have been rounded to bfloat16 before (by at most 2⁻⁸ of their size).
  private func deferredBound(
    _ place: StagePlace, shard: Shard, outputGradient: View<Float>, workspace: Workspace
  ) -> Double {
    let samples = shard.samples
    let inputs = input(
      of: place, at: place.activations.input, samples: samples, inputs: shard.inputs, workspace: workspace)
    let input = Double(kernels.largestMagnitude(inputs))
    let output = Double(kernels.largestMagnitude(outputGradient[0..<samples * place.outputCount]))
    // Beyond this rounding could make an infinity of it.
    guard max(input, output) < 1e38 else { return .infinity }
    return 1.01 * Double(samples) * input * output
  }

  private func keptSamples(of place: StagePlace, firstSample: Int, memory: BatchMemory?) -> KeptSamples? {
    guard let memory, place.deferred != nil else { return nil }
    return KeptSamples(
      values: kept(of: place, in: memory), capacity: memory.capacity, firstSample: firstSample)
  }

  func input(
    of place: StagePlace, at offset: Int, samples: Int, inputs: View<Float>, workspace: Workspace
  ) -> View<Float> {
    if place.readsBatch { return inputs[0..<samples * place.inputCount] }
    return values(offset, count: place.inputCount, samples: samples, workspace: workspace).readOnly
  }

  /// A run of activations: offsets are planned for one sample, so a buffer of a full workspace begins at offset ×
  /// capacity.
  func values(_ offset: Int, count: Int, samples: Int, workspace: Workspace) -> MutableView<Float> {
    let start = offset * workspace.capacity
    return workspace.activations.mutableView[start..<start + samples * count]
  }

  private func saved(of place: StagePlace, samples: Int, workspace: Workspace) -> MutableView<UInt8> {
    // In evaluation there may be no such memory.
    let start = samples == 0 ? 0 : place.savedOffset * workspace.capacity
    return workspace.saved.mutableView[start..<start + samples * place.savedBytes]
  }
}
