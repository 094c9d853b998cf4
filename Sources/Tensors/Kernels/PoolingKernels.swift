import CKernels

// The Swift face of `ls_pooling_kernels`. Padding cells never win a maximum and never count in an average.
extension Kernels {
  /// Largest window of max-pooling, in cells: a winner's place is kept in one byte.
  public static let largestPoolingWindow = 256

  /// Maxima of each window: the first of equals wins, and a NaN wins over numbers. `winner` gets their places for the backward
  /// pass, or is nil where none follows.
  public func maxPool(
    _ window: Window2D, samples: Int, input: View<Float>, output: MutableView<Float>, winner: MutableView<UInt8>?
  ) {
    precondition(window.kernel.height * window.kernel.width <= Kernels.largestPoolingWindow, "window too large")
    check(input, holds: samples * window.inputCount, "input")
    check(output, holds: samples * window.outputCount, "output")
    if let winner { check(winner, holds: samples * window.outputCount, "winner") }
    var w = window.c
    table.pointee.pooling.max_forward(&w, Int64(samples), input.base, output.base, winner?.base)
  }

  /// Sends each output's gradient to the input that won.
  public func maxPoolGradient(
    _ window: Window2D, samples: Int, outputGradient: View<Float>, winner: View<UInt8>,
    inputGradient: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * window.outputCount, "output gradient")
    check(winner, holds: samples * window.outputCount, "winner")
    check(inputGradient, holds: samples * window.inputCount, "input gradient")
    var w = window.c
    table.pointee.pooling.max_backward(
      &w, Int64(samples), outputGradient.base, winner.base, inputGradient.base)
  }

  /// Means of each window.
  public func averagePool(_ window: Window2D, samples: Int, input: View<Float>, output: MutableView<Float>) {
    check(input, holds: samples * window.inputCount, "input")
    check(output, holds: samples * window.outputCount, "output")
    var w = window.c
    table.pointee.pooling.average_forward(&w, Int64(samples), input.base, output.base)
  }

  /// Spreads each output's gradient evenly over its window.
  public func averagePoolGradient(
    _ window: Window2D, samples: Int, outputGradient: View<Float>, inputGradient: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * window.outputCount, "output gradient")
    check(inputGradient, holds: samples * window.inputCount, "input gradient")
    var w = window.c
    table.pointee.pooling.average_backward(&w, Int64(samples), outputGradient.base, inputGradient.base)
  }
}
