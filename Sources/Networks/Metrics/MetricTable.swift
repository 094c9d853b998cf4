import Settings

/// The metrics that a config can name.
///
/// Adding one to Lockstep is a new file in `Metrics/` plus one line in `standard`; a program that uses Lockstep as a library adds its
/// own with `adding`.
public typealias MetricTable = KindTable<any Metric>

extension MetricTable {
  /// Every one of Lockstep's metrics.
  public static var standard: MetricTable {
    MetricTable([
      Accuracy.self,
      TopKAccuracy.self,
    ])
  }

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Metric.Type]) { self.init(conforming: kinds) }

  /// These kinds and one more.
  public func adding(_ kind: any Metric.Type) -> MetricTable { MetricTable(conforming: kinds + [kind]) }
}
