import Training

/// What the workers' time goes to, as shares that add up to 1.
public struct BenchmarkShares: Sendable, Equatable {
  /// A kind of work.
  public enum Kind: String, CaseIterable, Sendable {
    /// Forward passes of all layers.
    case forward
    /// Backward passes, with the gradients that are formed in the reduce phase.
    case backward
    /// Adding up the shards' gradients, and the update.
    case reduce
    /// Reading and normalising samples.
    case data
    /// Waiting in a phase, or between two.
    case idle
    /// The loss, preparing kernels, and what a shard takes beside all that.
    case other
  }

  private let values: [Kind: Double]

  /// The share of a kind.
  public subscript(kind: Kind) -> Double { values[kind] ?? 0 }

  /// The shares of a step.
  public init(_ split: TimeSplit) {
    let total = split.total
    let seconds: [Kind: Double] = [
      .forward: split.layers.reduce(0) { $0 + $1.forward },
      .backward: split.layers.reduce(0) { $0 + $1.backward + $1.weights },
      .reduce: split.reduce, .data: split.data,
      .idle: split.waiting + split.overhead * Double(split.workers),
      .other: split.layers.reduce(split.loss + split.shards) { $0 + $1.prepare },
    ]
    values = seconds.mapValues { total > 0 ? $0 / total : 0 }
  }
}

extension BenchmarkReport {
  /// Throughput against that of the first number of threads.
  func speedUp(_ result: ThreadResult) -> Double {
    result.training.samplesPerSecond / results[0].training.samplesPerSecond
  }

  /// Speed-up against what so many times the threads could give: 1 is as good as it gets.
  func efficiency(_ result: ThreadResult) -> Double {
    speedUp(result) * Double(results[0].threads) / Double(result.threads)
  }
}
