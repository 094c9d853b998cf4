import CKernels

// The Swift face of `ls_dense_kernels`: y = x W + b with W [inputs, units].
extension Kernels {
  /// Floats that `prepareDense` writes: those of the weights where the layer has few units, else 0.
  public func densePrepared(inputs: Int, units: Int) -> Int {
    Int(table.pointee.dense.prepared(Int64(inputs), Int64(units)))
  }

  /// Lays the weights out for `dense` and `denseInputGradient`; to be repeated when they change.
  public func prepareDense(inputs: Int, units: Int, weights: View<Float>, prepared: MutableView<Float>) {
    let count = densePrepared(inputs: inputs, units: units)
    check(weights, holds: inputs * units, "weights")
    check(prepared, holds: count, "prepared weights")
    if count > 0 { table.pointee.dense.prepare(Int64(inputs), Int64(units), weights.base, prepared.base) }
  }

  /// `output = input · weights + bias`.
  public func dense(
    samples: Int, inputs: Int, units: Int, input: View<Float>, weights: View<Float>, prepared: View<Float>,
    bias: View<Float>?, output: MutableView<Float>
  ) {
    check(prepared, holds: densePrepared(inputs: inputs, units: units), "prepared weights")
    check(input, holds: samples * inputs, "input")
    check(weights, holds: inputs * units, "weights")
    check(output, holds: samples * units, "output")
    if let bias { check(bias, holds: units, "bias") }
    table.pointee.dense.forward(
      Int64(samples), Int64(inputs), Int64(units), input.base, weights.base, prepared.base, bias?.base,
      output.base)
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
    samples: Int, inputs: Int, units: Int, outputGradient: View<Float>, weights: View<Float>, prepared: View<Float>,
    inputGradient: MutableView<Float>
  ) {
    check(prepared, holds: densePrepared(inputs: inputs, units: units), "prepared weights")
    check(outputGradient, holds: samples * units, "output gradient")
    check(weights, holds: inputs * units, "weights")
    check(inputGradient, holds: samples * inputs, "input gradient")
    table.pointee.dense.input_gradient(
      Int64(samples), Int64(inputs), Int64(units), outputGradient.base, weights.base, prepared.base,
      inputGradient.base)
  }

  /// Writes the column sums of `outputGradient`, with the bits of `denseWeightGradient`.
  public func denseBiasGradient(
    samples: Int, units: Int, outputGradient: View<Float>, biasGradient: MutableView<Float>
  ) {
    check(outputGradient, holds: samples * units, "output gradient")
    check(biasGradient, holds: units, "bias gradient")
    table.pointee.dense.bias_gradient(Int64(samples), Int64(units), outputGradient.base, biasGradient.base)
  }

  /// Keeps a shard's input and output gradient for `denseDeferredGradient`.
  ///
  /// - Parameters:
  ///   - first: place of the shard's first sample in the minibatch.
  ///   - capacity: most samples of a minibatch.
  ///   - kept: `(inputs + units) × capacity` floats; only the places of the shard's samples are written.
  public func denseKeep(
    samples: Int, inputs: Int, units: Int, input: View<Float>, outputGradient: View<Float>, first: Int, capacity: Int,
    kept: MutableView<Float>
  ) {
    check(input, holds: samples * inputs, "input")
    check(outputGradient, holds: samples * units, "output gradient")
    check(kept, holds: (inputs + units) * capacity, "kept samples")
    precondition(first >= 0 && first + samples <= capacity, "more samples than there is room for")
    table.pointee.dense.keep(
      Int64(capacity), Int64(first), Int64(samples), Int64(inputs), Int64(units), input.base, outputGradient.base,
      kept.base)
  }

  /// Writes `rows` of the weight gradient over a whole minibatch that `denseKeep` kept, `[rows.count, units]`: the bits of
  /// `denseWeightGradient` on each shard and `treeSum` over them.
  public func denseDeferredGradient(
    samples: Int, shardSize: Int, inputs: Int, units: Int, capacity: Int, kept: View<Float>, rows: Range<Int>,
    gradient: MutableView<Float>
  ) {
    precondition((1...capacity).contains(samples) && shardSize >= 1, "a minibatch without samples, or too large")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= inputs, "rows that the weights do not have")
    check(kept, holds: (inputs + units) * capacity, "kept samples")
    check(gradient, holds: rows.count * units, "gradient")
    table.pointee.dense.deferred_gradient(
      Int64(capacity), Int64(samples), Int64(shardSize), Int64(inputs), Int64(units), kept.base,
      Int64(rows.lowerBound), Int64(rows.count), gradient.base)
  }
}
