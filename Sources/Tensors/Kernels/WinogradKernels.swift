import CKernels

/// What is computed of a convolution.
public enum ConvolutionPass: Sendable, CaseIterable {
  /// The output from the input.
  case forward
  /// The gradients of kernel and bias from the input and the output's gradient.
  case weightGradient
  /// The input's gradient from the output's.
  case inputGradient
  /// The output with ReLU and 2 × 2 max-pooling.
  case pooledForward

  var code: ls_convolution_pass {
    switch self {
    case .forward: LS_FORWARD
    case .weightGradient: LS_WEIGHT_GRADIENT
    case .inputGradient: LS_INPUT_GRADIENT
    case .pooledForward: LS_POOLED_FORWARD
    }
  }
}

/// Tiles of Winograd's minimal filtering for kernels of 3 × 3.
public enum WinogradTile: Int32, Sendable, CaseIterable {
  /// F(2×2, 3×3): 16 multiplications for 36.
  case two = 2
  /// F(4×4, 3×3): 36 multiplications for 144.
  case four = 4
}

extension Window2D {
  /// Whether Winograd's kernels can do this convolution: 3 × 3, stride 1, and enough channels and filters to fill vectors.
  public var allowsWinograd: Bool {
    kernel == Extent(height: 3, width: 3) && stride == Extent(height: 1, width: 1)
      && min(channels, filters) >= Int(LS_WINOGRAD_CHANNELS)
  }
}

// The Swift face of `ls_winograd_kernels`. Equations and layouts: lockstep_kernels.h. All but the choice of a tile require
// `window.allowsWinograd`.
extension Kernels {
  /// The fastest tile for one pass of a convolution; nil where the direct sum is faster, or the only way. It depends on the window
  /// alone.
  public func winogradTile(_ window: Window2D, _ pass: ConvolutionPass) -> WinogradTile? {
    var w = window.c
    return WinogradTile(rawValue: table.pointee.winograd.tile(&w, pass.code))
  }

  /// Floats of scratch memory that one pass needs.
  public func winogradScratch(_ window: Window2D, _ tile: WinogradTile, _ pass: ConvolutionPass) -> Int {
    precondition(window.allowsWinograd, "no window for Winograd")
    var w = window.c
    return Int(table.pointee.winograd.scratch(&w, tile.rawValue, pass.code))
  }

  /// Floats that `prepareWinograd` writes; none for the weight gradient.
  public func winogradPrepared(_ window: Window2D, _ tile: WinogradTile, _ pass: ConvolutionPass) -> Int {
    precondition(window.allowsWinograd, "no window for Winograd")
    var w = window.c
    return Int(table.pointee.winograd.prepared(&w, tile.rawValue, pass.code))
  }

  /// Transforms the kernel for a pass.
  public func prepareWinograd(
    _ window: Window2D, _ tile: WinogradTile, _ pass: ConvolutionPass, kernel: View<Float>, prepared: MutableView<Float>
  ) {
    check(kernel, holds: window.kernelCount, "kernel")
    check(prepared, holds: winogradPrepared(window, tile, pass), "prepared")
    var w = window.c
    table.pointee.winograd.prepare(&w, tile.rawValue, pass.code, kernel.base, prepared.base)
  }

  /// `output = input ∗ kernel + bias`, from the kernel prepared for `forward`.
  public func winogradConvolution(
    _ window: Window2D, _ tile: WinogradTile, samples: Int, input: View<Float>, prepared: View<Float>,
    bias: View<Float>?, output: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(prepared, holds: winogradPrepared(window, tile, .forward), "prepared")
    check(output, holds: samples * window.outputCount, "output")
    check(scratch, holds: winogradScratch(window, tile, .forward), "scratch")
    if let bias { check(bias, holds: window.filters, "bias") }
    var w = window.c
    table.pointee.winograd.forward(
      &w, tile.rawValue, Int64(samples), input.base, prepared.base, bias?.base, output.base, scratch.base)
  }

  /// `output = maxPool(relu(input ∗ kernel + bias))`, from the kernel prepared for `pooledForward`.
  ///
  /// - Parameter winners: as of `pooledConvolution`, whose backward passes follow; nil where none does.
  public func winogradPooledConvolution(
    _ window: Window2D, _ tile: WinogradTile, samples: Int, input: View<Float>, prepared: View<Float>,
    bias: View<Float>?, output: MutableView<Float>, winners: MutableView<UInt8>?, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(prepared, holds: winogradPrepared(window, tile, .pooledForward), "prepared")
    check(output, holds: samples * window.pooledCount, "output")
    check(scratch, holds: winogradScratch(window, tile, .pooledForward), "scratch")
    if let bias { check(bias, holds: window.filters, "bias") }
    if let winners { check(winners, holds: samples * window.winnerBytes, "winners") }
    var w = window.c
    table.pointee.winograd.pooled_forward(
      &w, tile.rawValue, Int64(samples), input.base, prepared.base, bias?.base, output.base, winners?.base,
      scratch.base)
  }

  /// Writes the gradients of kernel and bias, summed over samples and pixels.
  public func winogradWeightGradient(
    _ window: Window2D, _ tile: WinogradTile, samples: Int, input: View<Float>, outputGradient: View<Float>,
    kernelGradient: MutableView<Float>, biasGradient: MutableView<Float>?, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(outputGradient, holds: samples * window.outputCount, "output gradient")
    check(kernelGradient, holds: window.kernelCount, "kernel gradient")
    check(scratch, holds: winogradScratch(window, tile, .weightGradient), "scratch")
    if let biasGradient { check(biasGradient, holds: window.filters, "bias gradient") }
    var w = window.c
    table.pointee.winograd.weight_gradient(
      &w, tile.rawValue, Int64(samples), input.base, outputGradient.base, kernelGradient.base, biasGradient?.base,
      scratch.base)
  }

  /// Writes the gradient of the input, from the kernel prepared for `inputGradient`.
  public func winogradInputGradient(
    _ window: Window2D, _ tile: WinogradTile, samples: Int, outputGradient: View<Float>, prepared: View<Float>,
    inputGradient: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * window.outputCount, "output gradient")
    check(prepared, holds: winogradPrepared(window, tile, .inputGradient), "prepared")
    check(inputGradient, holds: samples * window.inputCount, "input gradient")
    check(scratch, holds: winogradScratch(window, tile, .inputGradient), "scratch")
    var w = window.c
    table.pointee.winograd.input_gradient(
      &w, tile.rawValue, Int64(samples), outputGradient.base, prepared.base, inputGradient.base, scratch.base)
  }
}
