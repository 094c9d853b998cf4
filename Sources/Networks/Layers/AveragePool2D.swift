import Settings
import Tensors

/// The mean of each window, channel by channel.
///
/// Input `[height, width, channels]`, output `[height', width', channels]` with the lengths of `Conv2D`. Cells of the
/// border do not count: a window that overlaps it averages over fewer values.
public struct AveragePool2D: Layer, Equatable {
  /// Rows and columns of the window.
  public var size: Window2D.Extent { window.size }
  /// Step of the window.
  public var stride: Window2D.Extent { window.stride }
  /// Border treatment.
  public var padding: Window2D.Padding { window.padding }
  private let window: WindowFields

  /// - Parameter stride: nil for the size itself: windows that touch and do not overlap.
  /// - Precondition: size and stride are in `1...1024`.
  public init(size: Window2D.Extent = .init(2), stride: Window2D.Extent? = nil, padding: Window2D.Padding = .valid) {
    window = WindowFields(size: size, stride: stride ?? size, padding: padding)
  }

  /// Whether windows are 2 × 2 and side by side.
  var isQuarter: Bool { size == .init(2) && stride == .init(2) }

  public static let kerasClass = "AveragePooling2D"

  public static let schema = ObjectSchema(
    "averagePool2d", "The mean of each window, channel by channel; the border does not count.",
    fields: WindowFields.poolingFields)

  public init(settings: Settings) throws(SettingsError) { window = WindowFields(settings, size: "size") }

  public var keys: JSONValue { window.keys(size: "size", isStrideSizeByDefault: true) }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    let window = try window.fit(input, layer: "averagePool2d", key: "size")
    return LayerPlan(
      Means(window: window), output: window.outputShape,
      flops: window.kernel.height * window.kernel.width * window.outputCount)
  }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? {
    .averagePool(try window.fit(input, layer: "averagePool2d", key: "size"))
  }
}

/// Means of windows forward; each output's gradient spread evenly over its window backward.
struct Means: LayerOperation {
  let window: Window2D

  func forward(_ pass: ForwardPass) {
    pass.kernels.averagePool(window, samples: pass.samples, input: pass.input, output: pass.output)
  }

  func backward(_ pass: BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.kernels.averagePoolGradient(
      window, samples: pass.samples, outputGradient: pass.outputGradient, inputGradient: inputGradient)
  }
}
