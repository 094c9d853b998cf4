/// One class that was taken for another.
struct Confusion: Sendable, Equatable {
  /// Index of the class.
  var truth: Int
  /// Index of what it was taken for.
  var prediction: Int
  /// How often.
  var count: Int

  /// All that happened, the most frequent first, and of equals in the order of their classes.
  ///
  /// - Parameter counts: `counts[truth][prediction]`.
  static func mostFrequentFirst(in counts: [[Int]]) -> [Confusion] {
    counts.indices.flatMap { truth in
      counts[truth].indices.filter { $0 != truth && counts[truth][$0] > 0 }.map {
        Confusion(truth: truth, prediction: $0, count: counts[truth][$0])
      }
    }.sorted { ($1.count, $0.truth, $0.prediction) < ($0.count, $1.truth, $1.prediction) }
  }
}
