import Datasets

/// What a network says about one picture.
public struct Prediction: Sendable, Equatable {
  /// The file, or `standard input`.
  public let source: String
  /// Which image of an IDX file, from 0; nil for a picture.
  public let index: Int?
  /// Softmax of the network's outputs, `[classes]`.
  public let probabilities: [Float]
  /// What the network saw, and how that was made.
  public let picture: PreparedPicture

  /// The classes, most probable first, lower numbers first among equals.
  public var ranking: [Int] {
    probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
  }

  /// A prediction.
  public init(source: String, index: Int?, probabilities: [Float], picture: PreparedPicture) {
    self.source = source
    self.index = index
    self.probabilities = probabilities
    self.picture = picture
  }
}
