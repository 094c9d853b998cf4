import Tensors

/// The passes of a convolution, each by the algorithm that is fastest for its window: Winograd's tiles, or the direct sum.
///
/// The choice depends on the window alone, never on a measurement, so that it is the same on every machine.
struct ConvolutionPasses: Sendable {
  let window: Window2D
  let hasBias: Bool
  /// The tiles of each pass; nil for the direct sum.
  private let forwardTile, weightTile, inputTile: WinogradTile?

  init(_ window: Window2D, hasBias: Bool, context: PlanContext) {
    self.window = window
    self.hasBias = hasBias
    func tile(_ pass: ConvolutionPass) -> WinogradTile? {
      context.numerics.exactConvolution ? nil : context.kernels.winogradTile(window, pass)
    }
    forwardTile = tile(.forward)
    weightTile = tile(.weightGradient)
    inputTile = tile(.inputGradient)
  }

  func prepared(_ kernels: Kernels) -> LayerPlan.Prepared {
    .init(
      forward: forwardTile.map { kernels.winogradPrepared(window, $0, .forward) } ?? 0,
      backward: inputTile.map { kernels.winogradPrepared(window, $0, .inputGradient) }
        ?? kernels.convolutionPrepared(window))
  }

  func scratchCount(_ kernels: Kernels) -> Int {
    let tiles: [(WinogradTile?, ConvolutionPass)] = [
      (forwardTile, .forward), (weightTile, .weightGradient), (inputTile, .inputGradient),
    ]
    return tiles.reduce(0) { most, choice in
      max(
        most,
        choice.0.map { kernels.winogradScratch(window, $0, choice.1) } ?? kernels.convolutionScratch(window))
    }
  }

  func prepare(_ pass: PreparePass) {
    let kernel = pass.parameters[0]
    if let tile = forwardTile {
      pass.kernels.prepareWinograd(window, tile, .forward, kernel: kernel, prepared: pass.forward)
    }
    guard let backward = pass.backward else { return }
    if let tile = inputTile {
      pass.kernels.prepareWinograd(window, tile, .inputGradient, kernel: kernel, prepared: backward)
    } else {
      pass.kernels.prepareConvolution(window, kernel: kernel, prepared: backward)
    }
  }

  /// y = x ∗ K + b.
  func forward(_ pass: ForwardPass) {
    let bias = hasBias ? pass.parameters[1] : nil
    if let tile = forwardTile {
      pass.kernels.winogradConvolution(
        window, tile, samples: pass.samples, input: pass.input, prepared: pass.prepared, bias: bias,
        output: pass.output, scratch: pass.scratch)
    } else {
      pass.kernels.convolution(
        window, samples: pass.samples, input: pass.input, kernel: pass.parameters[0], bias: bias, output: pass.output,
        scratch: pass.scratch)
    }
  }

  /// dK and db.
  func weightGradient(_ pass: BackwardPass) {
    let biasGradient = hasBias ? pass.gradients[1] : nil
    if let tile = weightTile {
      pass.kernels.winogradWeightGradient(
        window, tile, samples: pass.samples, input: pass.input, outputGradient: pass.outputGradient,
        kernelGradient: pass.gradients[0], biasGradient: biasGradient, scratch: pass.scratch)
    } else {
      pass.kernels.convolutionWeightGradient(
        window, samples: pass.samples, input: pass.input, outputGradient: pass.outputGradient,
        kernelGradient: pass.gradients[0], biasGradient: biasGradient, scratch: pass.scratch)
    }
  }

  /// dx, where it is asked for.
  func inputGradient(_ pass: BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    if let tile = inputTile {
      pass.kernels.winogradInputGradient(
        window, tile, samples: pass.samples, outputGradient: pass.outputGradient, prepared: pass.prepared,
        inputGradient: inputGradient, scratch: pass.scratch)
    } else {
      pass.kernels.convolutionInputGradient(
        window, samples: pass.samples, outputGradient: pass.outputGradient, prepared: pass.prepared,
        inputGradient: inputGradient, scratch: pass.scratch)
    }
  }
}
