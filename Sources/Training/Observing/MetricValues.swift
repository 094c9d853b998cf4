/// Results over a set of samples: names as in the config's `metrics`, `loss` always first.
public struct MetricValues: Sendable, Equatable {
  /// Pairs of name (`loss`, `accuracy`, `top5Accuracy`) and value.
  public var values: [(name: String, value: Double)]

  /// Creates results.
  public init(_ values: [(name: String, value: Double)]) { self.values = values }

  /// The value of a metric.
  public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

  /// Equal names with equal values in equal order.
  public static func == (left: MetricValues, right: MetricValues) -> Bool {
    left.values.elementsEqual(right.values) { $0.name == $1.name && $0.value == $1.value }
  }
}
