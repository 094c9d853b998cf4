import Settings
import Tensors

/// Two-dimensional convolution (cross-correlation, as everywhere in the field):
/// `y[i, j, f] = Σ x[i·s + a − p, j·s + b − p, c] · K[a, b, c, f] + b[f]`.
///
/// Input `[height, width, channels]`; K is `[kernel height, kernel width, channels, filters]`; output
/// `[height', width', filters]` with `height' = ⌊(height − kernel) / stride⌋ + 1` (padding valid) or
/// `⌈height / stride⌉` (same).
public struct Conv2D: Layer, Equatable {
  /// Output channels.
  public let filters: Int
  /// Whether a bias is added.
  public let useBias: Bool
  /// The function applied to the output.
  public let activation: ActivationFunction?
  /// First values of K.
  public let kernelInitializer: Initializer
  /// First values of b.
  public let biasInitializer: Initializer
  /// Rows and columns of the kernel.
  public var kernel: Window2D.Extent { window.size }
  /// Step of the kernel.
  public var stride: Window2D.Extent { window.stride }
  /// Border treatment.
  public var padding: Window2D.Padding { window.padding }
  private let window: WindowFields

  /// - Precondition: sizes are at least 1, kernel and stride at most 1024.
  public init(
    filters: Int, kernel: Window2D.Extent, stride: Window2D.Extent = .init(1), padding: Window2D.Padding = .valid,
    useBias: Bool = true, activation: ActivationFunction? = nil, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros
  ) {
    precondition(filters >= 1, "a convolution needs filters")
    self.filters = filters
    window = WindowFields(size: kernel, stride: stride, padding: padding)
    self.useBias = useBias
    self.activation = activation
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
  }

  public static let kerasClass = "Conv2D"

  public static let schema = ObjectSchema(
    "conv2d", "Two-dimensional convolution over an image of height × width × channels.",
    fields: [
      Field("filters", .integer(1...65_536), "Output channels."),
      Field("kernel", WindowFields.extent, "Rows and columns of the kernel: one number for both, or a pair."),
      Field(
        "stride", WindowFields.extent, default: .integer(1), "Step of the kernel: one number for both axes, or a pair."),
      WindowFields.paddingField,
    ] + LinearFields.all)

  public init(settings: Settings) throws(SettingsError) {
    let window = WindowFields(settings, size: "kernel")
    let linear = LinearFields(settings)
    self.init(
      filters: settings.integer("filters"), kernel: window.size, stride: window.stride, padding: window.padding,
      useBias: linear.useBias, activation: linear.activation, kernelInitializer: linear.kernelInitializer,
      biasInitializer: linear.biasInitializer)
  }

  public var keys: JSONValue {
    let linear = LinearFields.keys(
      useBias: useBias, activation: activation, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer)
    return .object(
      [(key: "filters", value: .integer(filters))]
        + window.keys(size: "kernel", isStrideSizeByDefault: false).members + linear)
  }

  /// The geometry over an image.
  func window(on input: Shape) throws(ShapeError) -> Window2D {
    try window.fit(input, filters: filters, layer: "conv2d", key: "kernel")
  }

  public func fused(with next: any Layer, input: Shape, context: PlanContext) -> LayerPlan? {
    switch next {
    case let pool as MaxPool2D: PooledConvolution.plan(self, pool, input: input, context: context)
    case let pool as AveragePool2D: AveragedConvolution.plan(self, pool, input: input, context: context)
    default: nil
    }
  }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    let window = try window(on: input)
    let cells = window.kernel.height * window.kernel.width
    guard
      let weights = Shape(validating: [window.kernel.height, window.kernel.width, window.channels, filters]),
      let output = Shape(validating: [window.output.height, window.output.width, filters])
    else { throw ShapeError("input is \(input), for which \(filters) filters are too many", key: "filters") }
    let kernel = ParameterSpec(
      name: "kernel", shape: weights, initializer: kernelInitializer, fanIn: cells * window.channels,
      fanOut: cells * filters)
    let bias = ParameterSpec.bias(filters, initializer: biasInitializer)
    let passes = ConvolutionPasses(window, hasBias: useBias, context: context)
    return LayerPlan(
      Convolution(passes: passes), output: output, parameters: useBias ? [kernel, bias] : [kernel],
      flops: 2 * cells * window.channels * output.count + (useBias ? output.count : 0),
      multiplyAdds: window.cellsInside * window.channels * filters, backwardReads: .input,
      prepared: passes.prepared(context.kernels), scratchCount: passes.scratchCount(context.kernels))
  }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? { .convolution(try window(on: input)) }
}

/// The three passes of a convolution: y = x ∗ K + b; dK and db; dx.
private struct Convolution: LayerOperation {
  let passes: ConvolutionPasses

  func prepare(_ pass: PreparePass) { passes.prepare(pass) }

  func forward(_ pass: ForwardPass) { passes.forward(pass) }

  func backward(_ pass: BackwardPass) {
    passes.weightGradient(pass)
    passes.inputGradient(pass)
  }
}
