import CKernels

/// Kernels that multiply bfloat16 numbers and add in FP32: the Swift face of `ls_bfloat16_kernels`. Equations, rounding and
/// layouts: lockstep_kernels.h.
///
/// A bfloat16 number is the upper half of a float: 8 bits of significand for 24, with the same range.
public struct BFloat16Kernels: @unchecked Sendable {
  // Safe to send: the table is a constant of the program.
  private let table: UnsafePointer<ls_bfloat16_kernels>

  /// Returns nil where the processor, or the instruction set that was chosen, has no products of bfloat16 numbers.
  init?(_ instructionSet: InstructionSet) {
    guard let table = ls_bfloat16_kernels_for(instructionSet.code) else { return nil }
    self.table = table
  }

  /// Whether these kernels are the faster ones for a dense layer: not for one with few units. It depends on the sizes alone.
  public func denseSuits(inputs: Int, units: Int) -> Bool {
    table.pointee.suits(Int64(inputs), Int64(units)) != 0
  }

  /// Floats of scratch memory that the dense kernels need, whatever the number of samples.
  public func denseScratch(inputs: Int, units: Int) -> Int {
    Int(table.pointee.scratch(Int64(inputs), Int64(units)))
  }

  /// Floats that `prepareDense` writes.
  public func densePrepared(inputs: Int, units: Int) -> Int {
    Int(table.pointee.prepared(Int64(inputs), Int64(units)))
  }

  /// Floats that `prepareDenseInputGradient` writes.
  public func denseInputGradientPrepared(inputs: Int, units: Int) -> Int {
    Int(table.pointee.prepared(Int64(units), Int64(inputs)))
  }

  /// Rounds the weights and lays them out for `dense`.
  public func prepareDense(inputs: Int, units: Int, weights: View<Float>, prepared: MutableView<Float>) {
    check(weights, holds: inputs * units, "weights")
    check(prepared, holds: densePrepared(inputs: inputs, units: units), "prepared")
    table.pointee.prepare(Int64(inputs), Int64(units), weights.base, prepared.base)
  }

  /// Rounds the weights and lays them out for `denseInputGradient`.
  public func prepareDenseInputGradient(
    inputs: Int, units: Int, weights: View<Float>, prepared: MutableView<Float>
  ) {
    check(weights, holds: inputs * units, "weights")
    check(prepared, holds: denseInputGradientPrepared(inputs: inputs, units: units), "prepared")
    table.pointee.prepare_transposed(Int64(inputs), Int64(units), weights.base, prepared.base)
  }

  /// `output = input · weights + bias`.
  public func dense(
    samples: Int, inputs: Int, units: Int, input: View<Float>, prepared: View<Float>, bias: View<Float>?,
    output: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * inputs, "input")
    check(prepared, holds: densePrepared(inputs: inputs, units: units), "prepared")
    check(output, holds: samples * units, "output")
    check(scratch, holds: denseScratch(inputs: inputs, units: units), "scratch")
    if let bias { check(bias, holds: units, "bias") }
    table.pointee.forward(
      Int64(samples), Int64(inputs), Int64(units), input.base, prepared.base, bias?.base, output.base, scratch.base)
  }

  /// Writes `weightGradient = inputᵀ · outputGradient` and the column sums for the bias.
  public func denseWeightGradient(
    samples: Int, inputs: Int, units: Int, input: View<Float>, outputGradient: View<Float>,
    weightGradient: MutableView<Float>, biasGradient: MutableView<Float>?, scratch: MutableView<Float>
  ) {
    check(input, holds: samples * inputs, "input")
    check(outputGradient, holds: samples * units, "output gradient")
    check(weightGradient, holds: inputs * units, "weight gradient")
    check(scratch, holds: denseScratch(inputs: inputs, units: units), "scratch")
    if let biasGradient { check(biasGradient, holds: units, "bias gradient") }
    table.pointee.weight_gradient(
      Int64(samples), Int64(inputs), Int64(units), input.base, outputGradient.base, weightGradient.base,
      biasGradient?.base, scratch.base)
  }

  /// Writes `inputGradient = outputGradient · weightsᵀ`.
  public func denseInputGradient(
    samples: Int, inputs: Int, units: Int, outputGradient: View<Float>, prepared: View<Float>,
    inputGradient: MutableView<Float>, scratch: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * units, "output gradient")
    check(prepared, holds: denseInputGradientPrepared(inputs: inputs, units: units), "prepared")
    check(inputGradient, holds: samples * inputs, "input gradient")
    check(scratch, holds: denseScratch(inputs: inputs, units: units), "scratch")
    table.pointee.input_gradient(
      Int64(samples), Int64(inputs), Int64(units), outputGradient.base, prepared.base, inputGradient.base,
      scratch.base)
  }

  /// Keeps a shard's input and output gradient, rounded, for `denseDeferredGradient`; as `Kernels.denseKeep`.
  public func denseKeep(
    samples: Int, inputs: Int, units: Int, input: View<Float>, outputGradient: View<Float>, first: Int, capacity: Int,
    kept: MutableView<Float>
  ) {
    check(input, holds: samples * inputs, "input")
    check(outputGradient, holds: samples * units, "output gradient")
    check(kept, holds: (inputs + units) * capacity, "kept samples")
    precondition(first >= 0 && first + samples <= capacity, "more samples than there is room for")
    table.pointee.keep(
      Int64(capacity), Int64(first), Int64(samples), Int64(inputs), Int64(units), input.base, outputGradient.base,
      kept.base)
  }

  /// Writes `rows` of the weight gradient over a whole minibatch; as `Kernels.denseDeferredGradient`, with the bits of
  /// `denseWeightGradient` here.
  public func denseDeferredGradient(
    samples: Int, shardSize: Int, inputs: Int, units: Int, capacity: Int, kept: View<Float>, rows: Range<Int>,
    gradient: MutableView<Float>
  ) {
    precondition((1...capacity).contains(samples) && shardSize >= 1, "a minibatch without samples, or too large")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= inputs, "rows that the weights do not have")
    check(kept, holds: (inputs + units) * capacity, "kept samples")
    check(gradient, holds: rows.count * units, "gradient")
    table.pointee.deferred_gradient(
      Int64(capacity), Int64(samples), Int64(shardSize), Int64(inputs), Int64(units), kept.base,
      Int64(rows.lowerBound), Int64(rows.count), gradient.base)
  }
}

extension Kernels {
  /// The bfloat16 kernels beside these, or nil where there are none: they take the avx512 set and a processor with
  /// AVX512-BF16.
  public var bfloat16: BFloat16Kernels? { BFloat16Kernels(instructionSet) }
}
