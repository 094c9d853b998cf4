import Tensors

/// The passes of a dense layer with products of bfloat16 numbers and sums in FP32.
///
/// The weights are rounded once a step for each worker; inputs and output gradients are rounded where they are read. The
/// bias and its gradient stay FP32.
struct BFloat16Product: LayerOperation {
  private let kernels: BFloat16Kernels
  private let inputs: Int
  private let units: Int
  private let hasBias: Bool

  /// Returns nil where the layer is computed in FP32: by the context's choice, or because that is as fast for it.
  ///
  /// - Throws: `ShapeError` where bfloat16 is asked for and not to be had.
  init?(inputs: Int, units: Int, hasBias: Bool, context: PlanContext) throws(ShapeError) {
    guard let kernels = try context.bfloat16(), kernels.denseSuits(inputs: inputs, units: units) else { return nil }
    self.kernels = kernels
    self.inputs = inputs
    self.units = units
    self.hasBias = hasBias
  }

  var prepared: LayerPlan.Prepared {
    LayerPlan.Prepared(
      forward: kernels.densePrepared(inputs: inputs, units: units),
      backward: kernels.denseInputGradientPrepared(inputs: inputs, units: units))
  }

  var scratchCount: Int { kernels.denseScratch(inputs: inputs, units: units) }

  func prepare(_ pass: PreparePass) {
    kernels.prepareDense(inputs: inputs, units: units, weights: pass.parameters[0], prepared: pass.forward)
    guard let backward = pass.backward else { return }
    kernels.prepareDenseInputGradient(
      inputs: inputs, units: units, weights: pass.parameters[0], prepared: backward)
  }

  func forward(_ pass: ForwardPass) {
    kernels.dense(
      samples: pass.samples, inputs: inputs, units: units, input: pass.input, prepared: pass.prepared,
      bias: hasBias ? pass.parameters[1] : nil, output: pass.output, scratch: pass.scratch)
  }

  func backward(_ pass: BackwardPass) {
    if let kept = pass.kept {
      kernels.denseKeep(
        samples: pass.samples, inputs: inputs, units: units, input: pass.input, outputGradient: pass.outputGradient,
        first: kept.firstSample, capacity: kept.capacity, kept: kept.values)
      if hasBias {
        pass.kernels.denseBiasGradient(
          samples: pass.samples, units: units, outputGradient: pass.outputGradient, biasGradient: pass.gradients[1])
      }
    } else {
      kernels.denseWeightGradient(
        samples: pass.samples, inputs: inputs, units: units, input: pass.input, outputGradient: pass.outputGradient,
        weightGradient: pass.gradients[0], biasGradient: hasBias ? pass.gradients[1] : nil, scratch: pass.scratch)
    }
    guard let inputGradient = pass.inputGradient else { return }
    kernels.denseInputGradient(
      samples: pass.samples, inputs: inputs, units: units, outputGradient: pass.outputGradient,
      prepared: pass.prepared, inputGradient: inputGradient, scratch: pass.scratch)
  }

  func deferredGradient(_ pass: DeferredPass) {
    kernels.denseDeferredGradient(
      samples: pass.samples, shardSize: pass.shardSize, inputs: inputs, units: units, capacity: pass.capacity,
      kept: pass.kept, rows: pass.rows, gradient: pass.gradient)
  }
}
