import CKernels

// The Swift face of `ls_dense_kernels`: y = x W + b with W [inputs, units].
extension Kernels {
  /// `output = input · weights + bias`.
  public func dense(
    samples: Int, inputs: Int, units: Int, input: View<Float>, weights: View<Float>, bias: View<Float>?,
    output: MutableView<Float>
  ) {
    check(input, holds: samples * inputs, "input")
    check(weights, holds: inputs * units, "weights")
    check(output, holds: samples * units, "output")
    if let bias { check(bias, holds: units, "bias") }
    table.pointee.dense.forward(
      Int64(samples), Int64(inputs), Int64(units), input.base, weights.base, bias?.base, output.base)
  }

  /// Writes `weightGradient = inputᵀ · outputGradient` and the column sums for the bias.
  public func denseWeightGradient(
    samples: Int, inputs: Int, units: Int, input: View<Float>, outputGradient: View<Float>,
    weightGradient: MutableView<Float>, biasGradient: MutableView<Float>?
  ) {
    check(input, holds: samples * inputs, "input")
    check(outputGradient, holds: samples * units, "output gradient")
    check(weightGradient, holds: inputs * units, "weight gradient")
    if let biasGradient { check(biasGradient, holds: units, "bias gradient") }
    table.pointee.dense.weight_gradient(
      Int64(samples), Int64(inputs), Int64(units), input.base, outputGradient.base, weightGradient.base,
      biasGradient?.base)
  }

  /// Writes `inputGradient = outputGradient · weightsᵀ`.
  public func denseInputGradient(
    samples: Int, inputs: Int, units: Int, outputGradient: View<Float>, weights: View<Float>,
    inputGradient: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * units, "output gradient")
    check(weights, holds: inputs * units, "weights")
    check(inputGradient, holds: samples * inputs, "input gradient")
    table.pointee.dense.input_gradient(
      Int64(samples), Int64(inputs), Int64(units), outputGradient.base, weights.base, inputGradient.base)
  }
}
