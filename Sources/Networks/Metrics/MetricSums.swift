import Tensors

/// Running sums of the loss and of metrics over samples, in FP64.
///
/// Samples are added one after the other in the order of the data, so the sums depend neither on shards nor on threads
/// nor on how the samples were cut into batches. Adding allocates nothing.
public struct MetricSums: Sendable, Equatable {
  /// Samples added.
  public private(set) var samples = 0
  /// Samples whose label had the largest output: always counted, whatever the metrics.
  public private(set) var correct = 0
  /// Sum of the samples' losses.
  public private(set) var loss = 0.0
  /// One sum for each metric.
  private var sums: [Double]

  /// Empty sums for as many metrics.
  public init(metricCount: Int) { sums = Array(repeating: 0, count: metricCount) }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - losses: loss of every sample.
  ///   - ranks: number of classes that beat the label, for every sample.
  ///   - metrics: the metrics that these sums were made for.
  public mutating func add(losses: View<Float>, ranks: View<Int32>, metrics: [any Metric]) {
    precondition(losses.count == ranks.count, "losses and ranks of different batches")
    precondition(metrics.count == sums.count, "sums of other metrics")
    samples += losses.count
    for index in 0..<losses.count {
      loss += Double(losses[index])
      if ranks[index] == 0 { correct += 1 }
    }
    for index in metrics.indices { metrics[index].accumulate(losses: losses, ranks: ranks, into: &sums[index]) }
  }

  /// Back to no samples.
  public mutating func reset() {
    samples = 0
    correct = 0
    loss = 0
    for index in sums.indices { sums[index] = 0 }
  }

  /// Mean loss; not a number where there are no samples.
  public var meanLoss: Double { loss / Double(samples) }

  /// Share of right predictions; not a number where there are no samples.
  public var accuracy: Double { Double(correct) / Double(samples) }

  /// Means with their names: `loss` first, then the metrics in their order.
  public func values(_ metrics: [any Metric]) -> [(name: String, value: Double)] {
    precondition(metrics.count == sums.count, "sums of other metrics")
    return [("loss", meanLoss)] + zip(metrics, sums).map { ($0.name, $1 / Double(samples)) }
  }

  /// All of the state as plain numbers, for a checkpoint: samples, correct, loss, then one for each metric. Counts are
  /// exact up to 2⁵³.
  public var numbers: [Double] { [Double(samples), Double(correct), loss] + sums }

  /// Sums from `numbers`; nil where these are not the numbers of sums of `metricCount` metrics.
  public init?(numbers: [Double], metricCount: Int) {
    guard
      numbers.count == metricCount + 3, let samples = Int(exactly: numbers[0]), let correct = Int(exactly: numbers[1]),
      (0...(1 << 53)).contains(samples), (0...samples).contains(correct)
    else { return nil }
    self.samples = samples
    self.correct = correct
    loss = numbers[2]
    sums = Array(numbers[3...])
  }
}
