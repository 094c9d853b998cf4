import Settings
import Tensors

/// The mean of each channel over the whole image (Lin, Chen and Yan 2013): `[height, width, channels]` → `[channels]`.
///
/// In place of flatten and a large dense layer: no parameters, whatever the size of the image.
public struct GlobalAveragePool2D: Layer, Equatable {
  /// Averages.
  public init() {}

  public static let kerasClass = "GlobalAveragePooling2D"

  public static let schema = ObjectSchema(
    "globalAveragePool2d", "The mean of each channel over the whole image (Lin, Chen and Yan 2013).")

  public init(settings: Settings) throws(SettingsError) {}

  public var keys: JSONValue { [:] }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    let image = try ImageShape(input, layer: "globalAveragePool2d")
    let window = Window2D(
      input: image.extent, channels: image.channels, kernel: image.extent, stride: image.extent, padding: .valid,
      filters: image.channels)
    guard let window else { preconditionFailure("a window as large as the image fits it") }
    return LayerPlan(Means(window: window), output: [image.channels], flops: input.count)
  }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? { .globalAveragePool }
}
