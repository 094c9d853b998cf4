import Settings
import Tensors

/// Sees any input as one row: `[height, width, channels]` → `[height · width · channels]`, row by row, channels last,
/// as in Keras.
///
/// No arithmetic and no memory.
public struct Flatten: Layer, Equatable {
  /// Flattens.
  public init() {}

  public static let kerasClass = "Flatten"

  public static let schema = ObjectSchema(
    "flatten", "Sees the input as one row of numbers, as a dense layer wants it: row by row, channels last.")

  public init(settings: Settings) throws(SettingsError) {}

  public var keys: JSONValue { [:] }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan { .alias([input.count]) }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? { .flatten }
}
