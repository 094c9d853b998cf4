import Datasets
import Training

/// How a report is made.
public struct RunReportOptions: Sendable {
  /// A folder of IDX files to evaluate on, instead of the config's data set.
  public var data: String?
  /// What is computed on.
  public var machine: Machine
  /// Where data sets are looked for.
  public var context: DatasetContext
  /// How long layers and phases are measured, in seconds; nil for not at all.
  public var profileSeconds: Double?
  /// When it is made, for people.
  public var madeAt: String

  /// Creates options.
  public init(
    data: String? = nil, machine: Machine, context: DatasetContext, profileSeconds: Double? = 1, madeAt: String
  ) {
    self.data = data
    self.machine = machine
    self.context = context
    self.profileSeconds = profileSeconds
    self.madeAt = madeAt
  }
}
