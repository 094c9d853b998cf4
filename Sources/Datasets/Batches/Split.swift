import Tensors

/// Which training samples are learnt from, and which are held out for validation.
///
/// A function of the number of samples, the fraction and the seed. Both lists are ascending, so that reading them walks memory
/// forwards, and together they name every sample once.
public struct Split: Sendable {
  /// Indices of the samples to learn from; at least one.
  public let training: Storage<Int32>
  /// Indices of the samples that are held out; empty for fraction 0.
  public let validation: Storage<Int32>

  /// Holds out `validation · count` samples, rounded, but at least one where the fraction is not 0, and never all.
  ///
  /// Returns nil where there are too few samples to hold one out and keep one.
  ///
  /// - Precondition: `count >= 1`, `0 <= validation < 1`.
  public init?(count: Int, validation fraction: Double, seed: UInt64) {
    precondition(count >= 1 && fraction >= 0 && fraction < 1, "invalid split")
    let samples = Storage<Int32>.identity(count: count)
    guard fraction > 0 else {
      training = samples
      validation = Storage(count: 0)
      return
    }
    guard count >= 2 else { return nil }
    let held = min(count - 1, max(1, Int((Double(count) * fraction).rounded())))
    var shuffle = Shuffle(count: count, stream: RandomStream(seed: seed, purpose: .split))
    shuffle.run(samples.mutableView)
    validation = Storage(samples.view[0..<held].array().sorted())
    training = Storage(samples.view[held..<count].array().sorted())
  }
}
