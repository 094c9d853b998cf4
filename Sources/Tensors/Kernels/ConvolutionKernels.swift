import CKernels

// The Swift face of `ls_convolution_kernels`. Equations and layouts: lockstep_kernels.h.
extension Kernels {
  /// Floats of scratch memory that the convolution kernels need for this window.
  public func convolutionScratch(_ window: Window2D) -> Int {
    var w = window.c
    return Int(table.pointee.convolution.scratch(&w))
  }

  /// Floats that `prepareConvolution` writes.
  public func convolutionPrepared(_ window: Window2D) -> Int {
    var w = window.c
    return Int(table.pointee.convolution.prepared(&w))
  }

  /// Lays the kernel out for `convolutionInputGradient`.
  public func prepareConvolution(_ window: Window2D, kernel: View<Float>, prepared: MutableView<Float>) {
    check(kernel, holds: window.kernelCount, "kernel")
    check(prepared, holds: convolutionPrepared(window), "prepared")
    var w = window.c
    table.pointee.convolution.prepare(&w, kernel.base, prepared.base)
  }

  /// `output = input ∗ kernel + bias`, sample by sample.
  public func convolution(
    _ window: Window2D, samples: Int, input: View<Float>, kernel: View<Float>, bias: View<Float>?,
    output: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(kernel, holds: window.kernelCount, "kernel")
    check(output, holds: samples * window.outputCount, "output")
    check(scratch, holds: convolutionScratch(window), "scratch")
    if let bias { check(bias, holds: window.filters, "bias") }
    var w = window.c
    table.pointee.convolution.forward(
      &w, Int64(samples), input.base, kernel.base, bias?.base, output.base, scratch.base)
  }

  /// Writes the gradients of kernel and bias, summed over samples and pixels.
  public func convolutionWeightGradient(
    _ window: Window2D, samples: Int, input: View<Float>, outputGradient: View<Float>,
    kernelGradient: MutableView<Float>, biasGradient: MutableView<Float>?, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(outputGradient, holds: samples * window.outputCount, "output gradient")
    check(kernelGradient, holds: window.kernelCount, "kernel gradient")
    check(scratch, holds: convolutionScratch(window), "scratch")
    if let biasGradient { check(biasGradient, holds: window.filters, "bias gradient") }
    var w = window.c
    table.pointee.convolution.weight_gradient(
      &w, Int64(samples), input.base, outputGradient.base, kernelGradient.base, biasGradient?.base, scratch.base)
  }

  /// Writes the gradient of the input from the output's gradient and what `prepareConvolution` wrote.
  public func convolutionInputGradient(
    _ window: Window2D, samples: Int, outputGradient: View<Float>, prepared: View<Float>,
    inputGradient: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * window.outputCount, "output gradient")
    check(prepared, holds: convolutionPrepared(window), "prepared")
    check(inputGradient, holds: samples * window.inputCount, "input gradient")
    check(scratch, holds: convolutionScratch(window), "scratch")
    var w = window.c
    table.pointee.convolution.input_gradient(
      &w, Int64(samples), outputGradient.base, prepared.base, inputGradient.base, scratch.base)
  }
}
