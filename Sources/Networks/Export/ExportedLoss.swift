/// A loss in words that other programs have too.
public enum ExportedLoss: Sendable, Equatable {
  /// Cross-entropy between the softmax of the outputs and the label, of which a share is spread over all classes.
  case softmaxCrossEntropy(labelSmoothing: Float)
  /// Mean over the outputs of the squared distance to the one-hot label.
  case meanSquaredError
}
