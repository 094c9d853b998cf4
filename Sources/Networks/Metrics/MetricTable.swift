import Settings

/// The metrics that a config can name. To add one: a file in `Metrics/` and a line here.
public struct MetricTable: Sendable {
  /// The metrics of this library.
  public static let standard = MetricTable([
    Accuracy.self,
    TopKAccuracy.self,
  ])

  /// All kinds, in the order of the documentation.
  public let types: [any Metric.Type]

  /// - Precondition: no two kinds have one name.
  public init(_ types: [any Metric.Type]) {
    precondition(Set(types.map { $0.schema.name }).count == types.count, "two metrics have one name")
    self.types = types
  }

  /// This table with metrics of your own behind.
  public func adding(_ types: any Metric.Type...) -> MetricTable { MetricTable(self.types + types) }

  /// What the config may say.
  public var schemas: [ObjectSchema] { types.map { $0.schema } }

  /// The metric that a config object describes.
  ///
  /// - Precondition: `settings` was validated against one of `schemas`.
  /// - Throws: `SettingsError` where its keys contradict each other.
  public func make(_ settings: Settings) throws(SettingsError) -> any Metric {
    guard let type = types.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no metric '\(settings.schema.name)'")
    }
    return try type.init(settings: settings)
  }
}
