import Settings
import Tensors

/// Fully connected layer: `y = f(x W + b)`.
///
/// Input `[inputs]`, output `[units]`; W is `[inputs, units]`, b is `[units]`.
public struct Dense: Layer, Equatable {
  /// Outputs.
  public let units: Int
  /// Whether a bias is added.
  public let useBias: Bool
  /// The function applied to the output.
  public let activation: ActivationFunction?
  /// First values of W.
  public let kernelInitializer: Initializer
  /// First values of b.
  public let biasInitializer: Initializer

  /// - Precondition: `units` is at least 1.
  public init(
    units: Int, useBias: Bool = true, activation: ActivationFunction? = nil,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    precondition(units >= 1, "a dense layer needs units")
    self.units = units
    self.useBias = useBias
    self.activation = activation
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
  }

  public static let kerasClass = "Dense"

  public static let schema = ObjectSchema(
    "dense", "Fully connected layer, y = x W + b, on a row of numbers.",
    fields: [Field("units", .integer(1...1_000_000), "Outputs.")] + LinearFields.all)

  public init(settings: Settings) throws(SettingsError) {
    let linear = LinearFields(settings)
    self.init(
      units: settings.integer("units"), useBias: linear.useBias, activation: linear.activation,
      kernelInitializer: linear.kernelInitializer, biasInitializer: linear.biasInitializer)
  }

  public var keys: JSONValue {
    let linear = LinearFields.keys(
      useBias: useBias, activation: activation, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer)
    return .object([(key: "units", value: .integer(units))] + linear)
  }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    guard input.rank == 1 else {
      throw ShapeError("input is \(input), but dense takes a row of numbers; put a flatten layer before it")
    }
    let inputs = input.count
    guard let weights = Shape(validating: [inputs, units]) else {
      throw ShapeError("a kernel of \(inputs) × \(units) is too large", key: "units")
    }
    let kernel = ParameterSpec(
      name: "kernel", shape: weights, initializer: kernelInitializer, fanIn: inputs, fanOut: units)
    let bias = ParameterSpec.bias(units, initializer: biasInitializer)
    let bfloat16 = try BFloat16Product(inputs: inputs, units: units, hasBias: useBias, context: context)
    let prepared = context.kernels.densePrepared(inputs: inputs, units: units)
    return LayerPlan(
      bfloat16.map { $0 as any LayerOperation } ?? MatrixProduct(inputs: inputs, units: units, hasBias: useBias),
      output: [units], parameters: useBias ? [kernel, bias] : [kernel],
      flops: 2 * weights.count + (useBias ? units : 0), multiplyAdds: weights.count, backwardReads: .input,
      prepared: bfloat16?.prepared ?? .init(forward: prepared, backward: prepared),
      scratchCount: bfloat16?.scratchCount ?? 0,
      deferred: DeferredGradient.pays(rows: inputs, columns: units)
        ? DeferredGradient(rows: inputs, columns: units, keptCount: inputs + units) : nil)
  }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? { .dense }
}

/// Y = X W + b; dW = Xᵀ dY, db = column sums of dY, dX = dY Wᵀ.
private struct MatrixProduct: LayerOperation {
  let inputs: Int
  let units: Int
  let hasBias: Bool

  func prepare(_ pass: PreparePass) {
    pass.kernels.prepareDense(
      inputs: inputs, units: units, weights: pass.parameters[0], prepared: pass.forward)
    pass.backward?.copy(from: pass.forward.readOnly)
  }

  func forward(_ pass: ForwardPass) {
    pass.kernels.dense(
      samples: pass.samples, inputs: inputs, units: units, input: pass.input, weights: pass.parameters[0],
      prepared: pass.prepared, bias: hasBias ? pass.parameters[1] : nil, output: pass.output)
  }

  func backward(_ pass: BackwardPass) {
    if let kept = pass.kept {
      pass.kernels.denseKeep(
        samples: pass.samples, inputs: inputs, units: units, input: pass.input, outputGradient: pass.outputGradient,
        first: kept.firstSample, capacity: kept.capacity, kept: kept.values)
      if hasBias {
        pass.kernels.denseBiasGradient(
          samples: pass.samples, units: units, outputGradient: pass.outputGradient, biasGradient: pass.gradients[1])
      }
    } else {
      pass.kernels.denseWeightGradient(
        samples: pass.samples, inputs: inputs, units: units, input: pass.input, outputGradient: pass.outputGradient,
        weightGradient: pass.gradients[0], biasGradient: hasBias ? pass.gradients[1] : nil)
    }
    guard let inputGradient = pass.inputGradient else { return }
    pass.kernels.denseInputGradient(
      samples: pass.samples, inputs: inputs, units: units, outputGradient: pass.outputGradient,
      weights: pass.parameters[0], prepared: pass.prepared, inputGradient: inputGradient)
  }

  func deferredGradient(_ pass: DeferredPass) {
    pass.kernels.denseDeferredGradient(
      samples: pass.samples, shardSize: pass.shardSize, inputs: inputs, units: units, capacity: pass.capacity,
      kept: pass.kept, rows: pass.rows, gradient: pass.gradient)
  }
}
