import Tensors

/// Conv2D with an activation, then 2 × 2 average pooling, as one stage: `y = averagePool(f(x ∗ K + b))`.
///
/// For one channel and few filters, where the kernels hold neighbouring pixels in a register: the image is activated
/// and pooled as it comes, a plane for each filter, and only the pooled image is brought into the order of the
/// channels. The numbers are those of the layers one by one, to the bit.
struct AveragedConvolution: LayerOperation {
  private let window: Window2D
  private let function: ActivationFunction
  private let hasBias: Bool

  /// The plan of both layers together, or nil where they do not fit into one stage.
  static func plan(_ convolution: Conv2D, _ pool: AveragePool2D, input: Shape, context: PlanContext) -> LayerPlan? {
    let kernels = context.kernels
    guard let function = convolution.activation, pool.isQuarter,
      let first = try? convolution.plan(input: input, context: context),
      let second = try? pool.plan(input: first.output, context: context),
      let window = try? convolution.window(on: input), kernels.averagesConvolution(window, function),
      second.output.dimensions == [window.pooled.height, window.pooled.width, window.filters]
    else { return nil }
    return LayerPlan(
      AveragedConvolution(window: window, function: function, hasBias: convolution.useBias), output: second.output,
      parameters: first.parameters, flops: first.flops + first.output.count + second.flops,
      multiplyAdds: first.multiplyAdds, backwardReads: .input, savedBytes: kernels.averagedConvolutionKept(window),
      prepared: .init(backward: kernels.convolutionPrepared(window)),
      scratchCount: kernels.averagedConvolutionScratch(window))
  }

  func prepare(_ pass: PreparePass) {
    guard let backward = pass.backward else { return }
    pass.kernels.prepareConvolution(window, kernel: pass.parameters[0], prepared: backward)
  }

  func forward(_ pass: ForwardPass) {
    pass.kernels.averagedConvolution(
      window, function, samples: pass.samples, input: pass.input, kernel: pass.parameters[0],
      bias: hasBias ? pass.parameters[1] : nil, output: pass.output, kept: pass.isTraining ? pass.saved : nil,
      scratch: pass.scratch)
  }

  func backward(_ pass: BackwardPass) {
    pass.kernels.averagedConvolutionWeightGradient(
      window, function, samples: pass.samples, input: pass.input, outputGradient: pass.outputGradient,
      kept: pass.saved, kernelGradient: pass.gradients[0], biasGradient: hasBias ? pass.gradients[1] : nil,
      scratch: pass.scratch)
    guard let inputGradient = pass.inputGradient else { return }
    pass.kernels.averagedConvolutionInputGradient(
      window, function, samples: pass.samples, outputGradient: pass.outputGradient, kept: pass.saved,
      prepared: pass.prepared, inputGradient: inputGradient, scratch: pass.scratch)
  }
}
