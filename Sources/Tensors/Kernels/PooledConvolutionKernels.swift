import CKernels

// The Swift face of `ls_pooled_kernels`: convolution, ReLU and 2 × 2 max-pooling in one. Equations and layouts:
// lockstep_kernels.h.
extension Kernels {
  /// Whether these kernels are faster than the convolution and the pooling one after the other.
  public func pooledConvolutionSuits(_ window: Window2D) -> Bool {
    var w = window.c
    return table.pointee.pooled.suits(&w) != 0
  }

  /// Floats of scratch memory that the kernels need for this window.
  public func pooledConvolutionScratch(_ window: Window2D) -> Int {
    var w = window.c
    return Int(table.pointee.pooled.scratch(&w))
  }

  /// Floats that `preparePooledConvolution` writes.
  public func pooledConvolutionPrepared(_ window: Window2D) -> Int {
    var w = window.c
    return Int(table.pointee.pooled.prepared(&w))
  }

  /// Lays the kernel out for `pooledConvolutionInputGradient`.
  public func preparePooledConvolution(_ window: Window2D, kernel: View<Float>, prepared: MutableView<Float>) {
    check(kernel, holds: window.kernelCount, "kernel")
    check(prepared, holds: pooledConvolutionPrepared(window), "prepared")
    var w = window.c
    table.pointee.pooled.prepare(&w, kernel.base, prepared.base)
  }

  /// `output = maxPool(relu(input ∗ kernel + bias))`, sample by sample.
  ///
  /// - Parameter winners: gets for each window which place won and whether it is positive, `window.winnerBytes` a
  ///   sample; nil where no backward pass follows.
  public func pooledConvolution(
    _ window: Window2D, samples: Int, input: View<Float>, kernel: View<Float>, bias: View<Float>?,
    output: MutableView<Float>, winners: MutableView<UInt8>?, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(kernel, holds: window.kernelCount, "kernel")
    check(output, holds: samples * window.pooledCount, "output")
    check(scratch, holds: pooledConvolutionScratch(window), "scratch")
    if let bias { check(bias, holds: window.filters, "bias") }
    if let winners { check(winners, holds: samples * window.winnerBytes, "winners") }
    var w = window.c
    table.pointee.pooled.forward(
      &w, Int64(samples), input.base, kernel.base, bias?.base, output.base, winners?.base, scratch.base)
  }

  /// Writes the gradients of kernel and bias, summed over samples and windows.
  public func pooledConvolutionWeightGradient(
    _ window: Window2D, samples: Int, input: View<Float>, outputGradient: View<Float>, winners: View<UInt8>,
    kernelGradient: MutableView<Float>, biasGradient: MutableView<Float>?, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * window.inputCount, "input")
    check(outputGradient, holds: samples * window.pooledCount, "output gradient")
    check(winners, holds: samples * window.winnerBytes, "winners")
    check(kernelGradient, holds: window.kernelCount, "kernel gradient")
    check(scratch, holds: pooledConvolutionScratch(window), "scratch")
    if let biasGradient { check(biasGradient, holds: window.filters, "bias gradient") }
    var w = window.c
    table.pointee.pooled.weight_gradient(
      &w, Int64(samples), input.base, outputGradient.base, winners.base, kernelGradient.base, biasGradient?.base,
      scratch.base)
  }

  /// Writes the gradient of the input from the output's gradient, the winners and what `preparePooledConvolution`
  /// wrote.
  public func pooledConvolutionInputGradient(
    _ window: Window2D, samples: Int, outputGradient: View<Float>, winners: View<UInt8>, prepared: View<Float>,
    inputGradient: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * window.pooledCount, "output gradient")
    check(winners, holds: samples * window.winnerBytes, "winners")
    check(prepared, holds: pooledConvolutionPrepared(window), "prepared")
    check(inputGradient, holds: samples * window.inputCount, "input gradient")
    check(scratch, holds: pooledConvolutionScratch(window), "scratch")
    var w = window.c
    table.pointee.pooled.input_gradient(
      &w, Int64(samples), outputGradient.base, winners.base, prepared.base, inputGradient.base, scratch.base)
  }
}

extension Window2D {
  /// The image that is left when 2 × 2 windows of a convolution's output are pooled.
  public var pooled: Extent { Extent(height: output.height / 2, width: output.width / 2) }

  /// Elements of one pooled sample.
  public var pooledCount: Int { pooled.height * pooled.width * filters }

  /// Bytes that keep the winners of one pooled sample: three bits for each filter, in groups of 16.
  public var winnerBytes: Int { pooled.height * pooled.width * ((filters + 15) / 16) * 6 }
}
