import CKernels

// The Swift face of `ls_averaged_kernels`: convolution, an activation and 2 × 2 average pooling in one. Equations and
// layouts: lockstep_kernels.h.
extension Kernels {
  /// Whether the kernels below take this window and function: one channel, few filters, and a derivative that follows
  /// from the function's value. Where not, none of them may be called.
  public func averagesConvolution(_ window: Window2D, _ function: ActivationFunction) -> Bool {
    var w = window.c
    return function.derivativeNeedsOutputOnly && table.pointee.averaged.suits(&w) != 0
  }

  /// Bytes that `averagedConvolution` keeps of a sample, a multiple of 4.
  public func averagedConvolutionKept(_ window: Window2D) -> Int {
    var w = window.c
    return Int(table.pointee.averaged.kept(&w))
  }

  /// Floats of scratch memory that the kernels need for this window.
  public func averagedConvolutionScratch(_ window: Window2D) -> Int {
    var w = window.c
    return Int(table.pointee.averaged.scratch(&w))
  }

  /// `output = averagePool(function(input ∗ kernel + bias))`, sample by sample.
  ///
  /// - Parameter kept: gets the activated image, `averagedConvolutionKept` bytes a sample, aligned as floats are; nil
  ///   where no backward pass follows.
  public func averagedConvolution(
    _ window: Window2D, _ function: ActivationFunction, samples: Int, input: View<Float>, kernel: View<Float>,
    bias: View<Float>?, output: MutableView<Float>, kept: MutableView<UInt8>?, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(kernel, holds: window.kernelCount, "kernel")
    check(output, holds: samples * window.pooledCount, "output")
    check(scratch, holds: averagedConvolutionScratch(window), "scratch")
    if let bias { check(bias, holds: window.filters, "bias") }
    if let kept { check(kept, holds: samples * averagedConvolutionKept(window), "kept") }
    var w = window.c
    table.pointee.averaged.forward(
      &w, function.code, function.slope, Int64(samples), input.base, kernel.base, bias?.base, output.base, kept?.base,
      scratch.base)
  }

  /// Writes the gradients of kernel and bias, summed over samples and pixels.
  public func averagedConvolutionWeightGradient(
    _ window: Window2D, _ function: ActivationFunction, samples: Int, input: View<Float>, outputGradient: View<Float>,
    kept: View<UInt8>, kernelGradient: MutableView<Float>, biasGradient: MutableView<Float>?,
    scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(outputGradient, holds: samples * window.pooledCount, "output gradient")
    check(kept, holds: samples * averagedConvolutionKept(window), "kept")
    check(kernelGradient, holds: window.kernelCount, "kernel gradient")
    check(scratch, holds: averagedConvolutionScratch(window), "scratch")
    if let biasGradient { check(biasGradient, holds: window.filters, "bias gradient") }
    var w = window.c
    table.pointee.averaged.weight_gradient(
      &w, function.code, function.slope, Int64(samples), input.base, outputGradient.base, kept.base,
      kernelGradient.base, biasGradient?.base, scratch.base)
  }

  /// Writes the gradient of the input from the output's gradient, what forward kept and what `prepareConvolution`
  /// wrote.
  public func averagedConvolutionInputGradient(
    _ window: Window2D, _ function: ActivationFunction, samples: Int, outputGradient: View<Float>, kept: View<UInt8>,
    prepared: View<Float>, inputGradient: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * window.pooledCount, "output gradient")
    check(kept, holds: samples * averagedConvolutionKept(window), "kept")
    check(prepared, holds: convolutionPrepared(window), "prepared")
    check(inputGradient, holds: samples * window.inputCount, "input gradient")
    check(scratch, holds: averagedConvolutionScratch(window), "scratch")
    var w = window.c
    table.pointee.averaged.input_gradient(
      &w, function.code, function.slope, Int64(samples), outputGradient.base, kept.base, prepared.base,
      inputGradient.base, scratch.base)
  }
}
