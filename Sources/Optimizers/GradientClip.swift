/// Clipping by global norm: scales the whole gradient down where its Euclidean norm over all parameters is too large, which keeps its
/// direction (Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013).
public struct GradientClip: Sendable, Equatable {
  /// The largest norm that is let through.
  public let maxNorm: Double

  /// - Precondition: `maxNorm` is positive and finite.
  public init(maxNorm: Double) {
    precondition(maxNorm > 0 && maxNorm.isFinite, "the largest norm is not positive and finite")
    self.maxNorm = maxNorm
  }

  /// What to multiply every element with: min(1, maxNorm / norm).
  ///
  /// Exactly 1 up to and including `maxNorm`, and for a gradient of zeros, so a caller may skip the multiplication there. An infinite or
  /// NaN norm gives NaN, as in Keras: training has diverged, and a factor of 0 would hide it behind a few NaN weights.
  ///
  /// - Parameter norm: √ of the sum of squares over all parameters, before clipping.
  public func factor(norm: Double) -> Float {
    guard norm.isFinite else { return .nan }
    return norm <= maxNorm ? 1 : Float(maxNorm / norm)
  }
}
