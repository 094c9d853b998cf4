/// How well a classifier did, class by class, from its confusion matrix.
///
/// Definitions and text layout are those of scikit-learn's `classification_report` (Pedregosa et al., 2011). A ratio whose denominator
/// is 0 counts as 0, as with `zero_division=0`.
public struct ClassificationReport: Sendable, Equatable {
  /// Precision, recall and F1 of a class or a mean of them, with the samples they stand for.
  public struct Scores: Sendable, Equatable {
    /// True positives / predicted positives.
    public let precision: Double
    /// True positives / samples of the class.
    public let recall: Double
    /// 2 · true positives / (predicted positives + samples of the class).
    public let f1: Double
    /// Samples.
    public let support: Int
  }

  /// Names of the classes.
  public let classes: [String]
  /// Samples by true class (row) and predicted class (column).
  public let confusion: [[Int]]
  /// Scores of each class.
  public let perClass: [Scores]
  /// Plain means over the classes.
  public let macro: Scores
  /// Means weighted by the classes' samples.
  public let weighted: Scores
  /// Share of right predictions; 0 without samples.
  public let accuracy: Double
  /// Samples.
  public var samples: Int { macro.support }

  /// Computes the scores.
  ///
  /// - Parameters:
  ///   - classes: at least one name.
  ///   - confusion: as many rows and columns as classes, true class by predicted class, no count below 0.
  public init(classes: [String], confusion: [[Int]]) {
    precondition(!classes.isEmpty && confusion.count == classes.count, "one row a class")
    precondition(confusion.allSatisfy { $0.count == classes.count && $0.allSatisfy { $0 >= 0 } }, "one column a class")
    self.classes = classes
    self.confusion = confusion
    let perClass = classes.indices.map { index in
      let predicted = confusion.reduce(0) { $0 + $1[index] }
      return Self.scores(hits: confusion[index][index], predicted: predicted, support: confusion[index].reduce(0, +))
    }
    let samples = perClass.reduce(0) { $0 + $1.support }
    let hits = classes.indices.reduce(0) { $0 + confusion[$1][$1] }
    self.perClass = perClass
    macro = Self.mean(of: perClass, samples: samples) { _ in 1 }
    weighted = Self.mean(of: perClass, samples: samples) { Double($0.support) }
    accuracy = Self.ratio(hits, samples)
  }

  private static func scores(hits: Int, predicted: Int, support: Int) -> Scores {
    Scores(
      precision: ratio(hits, predicted), recall: ratio(hits, support), f1: ratio(2 * hits, predicted + support),
      support: support)
  }

  private static func mean(of scores: [Scores], samples: Int, weight: (Scores) -> Double) -> Scores {
    let total = scores.reduce(0) { $0 + weight($1) }
    func mean(_ value: (Scores) -> Double) -> Double {
      total == 0 ? 0 : scores.reduce(0) { $0 + weight($1) * value($1) } / total
    }
    return Scores(
      precision: mean { $0.precision }, recall: mean { $0.recall }, f1: mean { $0.f1 }, support: samples)
  }

  private static func ratio(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }
}
