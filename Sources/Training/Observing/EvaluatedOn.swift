/// Which samples are evaluated after each epoch.
public enum EvaluatedOn: String, Sendable {
  /// Training samples that were held out.
  case validation
  /// The test set.
  case test
}
