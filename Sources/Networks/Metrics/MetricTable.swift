import Settings

/// The metrics that a config can name.
///
/// Adding one to Lockstep is a new file in `Metrics/` plus one line in `standard`; a program that uses Lockstep as a
/// library adds its own with `adding`.
public struct MetricTable: Sendable {
  /// Every metric of Lockstep.
  public static let standard = MetricTable([
    Accuracy.self,
    TopKAccuracy.self,
  ])

  /// The kinds, in the order in which the documentation lists them.
  public let kinds: [any Metric.Type]

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Metric.Type]) {
    let names = kinds.map { $0.schema.name }
    precondition(Set(names).count == names.count, "two metrics have one name")
    self.kinds = kinds
  }

  /// These kinds and one more.
  public func adding(_ kind: any Metric.Type) -> MetricTable { MetricTable(kinds + [kind]) }

  /// The type of a config key that takes any of these metrics.
  public var fieldType: FieldType { .variant(kinds.map { $0.schema }) }

  /// The metric that validated settings describe.
  ///
  /// - Throws: `SettingsError` where its keys contradict each other.
  /// - Precondition: `settings` were validated against `fieldType`.
  public func make(_ settings: Settings) throws(SettingsError) -> any Metric {
    guard let kind = kinds.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no metric is called '\(settings.schema.name)'")
    }
    return try kind.init(settings: settings)
  }
}
