import Tensors

/// Conv2D with ReLU, then 2 × 2 max-pooling, as one stage: `y = maxPool(relu(x ∗ K + b))`.
///
/// The convolution's own image, four times the output, is never written. Backward, at most one of its pixels in four
/// has a gradient, the positive winner of a window, and only those are walked over: the work of a dense backward pass
/// at its densest is still more than twice that of the sparse one, so nothing has to be chosen at run time.
struct PooledConvolution: LayerOperation {
  private let window: Window2D
  private let hasBias: Bool
  /// Winograd's tile of the forward pass; nil for the direct sum.
  private let tile: WinogradTile?

  /// The plan of both layers together, or nil where they do not fit into one stage: it takes a convolution of stride 1
  /// with ReLU, and windows of 2 × 2 side by side.
  static func plan(_ convolution: Conv2D, _ pool: MaxPool2D, input: Shape, context: PlanContext) -> LayerPlan? {
    guard convolution.activation == .relu, convolution.stride == .init(1), pool.isQuarter,
      let first = try? convolution.plan(input: input, context: context),
      let second = try? pool.plan(input: first.output, context: context),
      let window = try? convolution.window(on: input), context.kernels.pooledConvolutionSuits(window),
      second.output.dimensions == [window.pooled.height, window.pooled.width, window.filters]
    else { return nil }
    let kernels = context.kernels
    let tile = context.numerics.exactConvolution ? nil : kernels.winogradTile(window, .pooledForward)
    return LayerPlan(
      PooledConvolution(window: window, hasBias: convolution.useBias, tile: tile), output: second.output,
      parameters: first.parameters, flops: first.flops + first.output.count + second.flops,
      multiplyAdds: first.multiplyAdds, backwardReads: .input, savedBytes: window.winnerBytes,
      prepared: .init(
        forward: tile.map { kernels.winogradPrepared(window, $0, .pooledForward) } ?? 0,
        backward: kernels.pooledConvolutionPrepared(window)),
      scratchCount: max(
        tile.map { kernels.winogradScratch(window, $0, .pooledForward) } ?? 0, kernels.pooledConvolutionScratch(window)
      ))
  }

  func prepare(_ pass: PreparePass) {
    if let tile {
      pass.kernels.prepareWinograd(
        window, tile, .pooledForward, kernel: pass.parameters[0], prepared: pass.forward)
    }
    guard let backward = pass.backward else { return }
    pass.kernels.preparePooledConvolution(window, kernel: pass.parameters[0], prepared: backward)
  }

  func forward(_ pass: ForwardPass) {
    let (bias, winners) = (hasBias ? pass.parameters[1] : nil, pass.isTraining ? pass.saved : nil)
    if let tile {
      pass.kernels.winogradPooledConvolution(
        window, tile, samples: pass.samples, input: pass.input, prepared: pass.prepared, bias: bias,
        output: pass.output, winners: winners, scratch: pass.scratch)
    } else {
      pass.kernels.pooledConvolution(
        window, samples: pass.samples, input: pass.input, kernel: pass.parameters[0], bias: bias, output: pass.output,
        winners: winners, scratch: pass.scratch)
    }
  }

  func backward(_ pass: BackwardPass) {
    pass.kernels.pooledConvolutionWeightGradient(
      window, samples: pass.samples, input: pass.input, outputGradient: pass.outputGradient, winners: pass.saved,
      kernelGradient: pass.gradients[0], biasGradient: hasBias ? pass.gradients[1] : nil, scratch: pass.scratch)
    guard let inputGradient = pass.inputGradient else { return }
    pass.kernels.pooledConvolutionInputGradient(
      window, samples: pass.samples, outputGradient: pass.outputGradient, winners: pass.saved,
      prepared: pass.prepared, inputGradient: inputGradient, scratch: pass.scratch)
  }
}
