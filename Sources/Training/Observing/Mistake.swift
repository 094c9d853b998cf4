import Tensors

/// A sample that was taken for another class than its own.
public struct Mistake: Sendable, Equatable {
  /// Index into the data set.
  public var index: Int
  /// Its class.
  public var label: Int
  /// The class with the largest output.
  public var prediction: Int
  /// The share of that class in the softmax of the outputs: how sure the network was.
  public var confidence: Float
  /// The share of its own class.
  public var labelConfidence: Float

  /// Creates a mistake.
  public init(index: Int, label: Int, prediction: Int, confidence: Float, labelConfidence: Float) {
    self.index = index
    self.label = label
    self.prediction = prediction
    self.confidence = confidence
    self.labelConfidence = labelConfidence
  }

  /// The most confident mistakes among samples that were evaluated: the surest first, and of equals the one that was evaluated first.
  ///
  /// - Parameter confidences: of each sample's prediction, then of its label.
  static func mostConfident(
    _ count: Int, of samples: View<Int32>, labels: View<Int32>, predictions: View<Int32>, confidences: View<Float>
  ) -> [Mistake] {
    let mistakes = (0..<samples.count).lazy.filter { labels[$0] != predictions[$0] }.map { place in
      Mistake(
        index: Int(samples[place]), label: Int(labels[place]), prediction: Int(predictions[place]),
        confidence: confidences[2 * place], labelConfidence: confidences[2 * place + 1])
    }
    // What is not a number is sure of nothing.
    let order = mistakes.filter { !$0.confidence.isNaN }.enumerated().sorted {
      ($0.element.confidence, $1.offset) > ($1.element.confidence, $0.offset)
    }
    return order.prefix(count).map(\.element)
  }
}
