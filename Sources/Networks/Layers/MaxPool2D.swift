import Settings
import Tensors

/// The largest value of each window, channel by channel.
///
/// Input `[height, width, channels]`, output `[height', width', channels]` with the lengths of `Conv2D`. Cells of the
/// border never win; of equal values the first wins. Forward keeps one byte for each output: the winner's place in its
/// window.
public struct MaxPool2D: Layer, Equatable {
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

  public static let kerasClass = "MaxPooling2D"

  public static let schema = ObjectSchema(
    "maxPool2d", "The largest value of each window, channel by channel.", fields: WindowFields.poolingFields)

  public init(settings: Settings) throws(SettingsError) { window = WindowFields(settings, size: "size") }

  public var keys: JSONValue { window.keys(size: "size", isStrideSizeByDefault: true) }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    let window = try window.fit(input, layer: "maxPool2d", key: "size")
    let cells = window.kernel.height * window.kernel.width
    guard cells <= Kernels.largestPoolingWindow else {
      throw ShapeError(
        "a window of \(window.kernel.height) × \(window.kernel.width) has \(cells) cells, but maxPool2d takes at most "
          + "\(Kernels.largestPoolingWindow)", key: "size")
    }
    return LayerPlan(
      Maxima(window: window), output: window.outputShape, flops: cells * window.outputCount,
      savedBytes: window.outputCount)
  }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? {
    .maxPool(try window.fit(input, layer: "maxPool2d", key: "size"))
  }
}

/// Maxima forward; each output's gradient to the input that won backward.
private struct Maxima: LayerOperation {
  let window: Window2D

  func forward(_ pass: ForwardPass) {
    pass.kernels.maxPool(
      window, samples: pass.samples, input: pass.input, output: pass.output,
      winner: pass.isTraining ? pass.saved : nil)
  }

  func backward(_ pass: BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.kernels.maxPoolGradient(
      window, samples: pass.samples, outputGradient: pass.outputGradient, winner: pass.saved,
      inputGradient: inputGradient)
  }
}
