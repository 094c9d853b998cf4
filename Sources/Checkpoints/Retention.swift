/// Which checkpoints of a run are kept.
public struct Retention: Sendable, Equatable {
  /// How many of the newest.
  public var keepLast: Int
  /// How many of those with the best score, beside them.
  public var keepBest: Int
  /// Whether a higher score is better, as for an accuracy; false for a loss.
  public var higherIsBetter: Bool

  /// - Precondition: `keepLast >= 1`, `keepBest >= 0`.
  public init(keepLast: Int = 3, keepBest: Int = 1, higherIsBetter: Bool = true) {
    precondition(keepLast >= 1 && keepBest >= 0, "retention that keeps nothing")
    self.keepLast = keepLast
    self.keepBest = keepBest
    self.higherIsBetter = higherIsBetter
  }

  /// The steps to keep among those of good checkpoints. Of equal scores the earlier is better; NaN is no score.
  func keptSteps(of checkpoints: [(step: Int, score: Double?)]) -> Set<Int> {
    let newest = checkpoints.map(\.step).sorted(by: >).prefix(keepLast)
    let scored = checkpoints.compactMap { item in
      item.score.flatMap { $0.isNaN ? nil : (step: item.step, score: higherIsBetter ? $0 : -$0) }
    }
    let best = scored.sorted { ($0.score, -$0.step) > ($1.score, -$1.step) }.prefix(keepBest)
    return Set(newest).union(best.map(\.step))
  }
}
