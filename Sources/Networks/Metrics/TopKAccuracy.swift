import Settings
import Tensors

/// Share of samples whose label is among the k largest outputs.
public struct TopKAccuracy: Metric, Equatable {
  /// Outputs that are looked at.
  public let k: Int

  /// - Precondition: `k` is at least 1.
  public init(k: Int = 5) {
    precondition(k >= 1, "the best 0 outputs hold no label")
    self.k = k
  }

  public static let schema = ObjectSchema(
    "topKAccuracy", "Share of samples whose label is among the k largest outputs; named top5Accuracy where k is 5.",
    fields: [Field("k", .integer(1...1_000_000), default: .integer(5), "Outputs that are looked at.")])

  public init(settings: Settings) throws(SettingsError) { self.init(k: settings.integer("k")) }

  public var keys: JSONValue { ["k": .integer(k)] }

  public var name: String { "top\(k)Accuracy" }

  public func check(output: Shape) throws(ShapeError) {
    guard k < output.count else {
      throw ShapeError("the best \(k) of \(output.count) outputs always hold the label; use a smaller k", key: "k")
    }
  }

  public func accumulate(losses: View<Float>, ranks: View<Int32>, into sum: inout Double) {
    for index in 0..<ranks.count where Int(ranks[index]) < k { sum += 1 }
  }
}
