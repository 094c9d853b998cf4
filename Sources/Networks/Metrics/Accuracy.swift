import Settings
import Tensors

/// Share of samples whose label has the largest output.
public struct Accuracy: Metric, Equatable {
  /// Creates the metric.
  public init() {}

  public static let schema = ObjectSchema("accuracy", "Share of samples whose label has the largest output.")

  public init(settings: Settings) throws(SettingsError) {}

  public var keys: JSONValue { [:] }

  public var name: String { "accuracy" }

  public func accumulate(losses: View<Float>, ranks: View<Int32>, into sum: inout Double) {
    for index in 0..<ranks.count where ranks[index] == 0 { sum += 1 }
  }
}
