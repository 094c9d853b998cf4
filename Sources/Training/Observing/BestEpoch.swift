/// The epoch after which the evaluation's loss was the smallest.
public struct BestEpoch: Sendable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Which samples were evaluated: `validation` (held out) or `test`.
  public var evaluatedOn: String
  /// Results over those samples.
  public var evaluation: MetricValues
  /// The checkpoint of its last step; nil where none was saved or kept.
  public var checkpoint: String?

  /// Creates a report.
  public init(epoch: Int, evaluatedOn: String, evaluation: MetricValues, checkpoint: String?) {
    self.epoch = epoch
    self.evaluatedOn = evaluatedOn
    self.evaluation = evaluation
    self.checkpoint = checkpoint
  }
}
