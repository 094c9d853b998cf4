/// What a benchmark found out.
public struct BenchmarkReport: Sendable {
  /// The config's name.
  public var name: String
  /// Samples of a minibatch, and the shards it is cut into.
  public var batchSize: Int
  public var shards: Int
  /// Trainable parameters.
  public var parameters: Int
  /// What was computed on.
  public var machine: BenchmarkMachine
  /// Rounds in which all thread counts had their turn, and the steps of one turn.
  public var rounds: Int
  public var stepsPerTurn: Int
  /// The network's layers; those that run as one share a row.
  public var layers: [BenchmarkLayer]
  /// A result for each thread count, in the order that was asked for.
  public var results: [ThreadResult]
  /// Whether all thread counts, which trained the same steps, have the same parameters, bit for bit.
  public var hasSameBits: Bool
  /// Share of the processors' time, from 0 to 1, that others took meanwhile; nil where the system does not say.
  public var shareOfOthers: Double?
}

/// What was computed on.
public struct BenchmarkMachine: Sendable {
  /// What the processor calls itself.
  public var processor: String
  /// Processors that the process may use.
  public var processors: Int
  /// The kernels' instruction set.
  public var instructionSet: String
}

/// Layers that run as one.
public struct BenchmarkLayer: Sendable, Equatable {
  /// Their names, in order.
  public var names: [String]
  /// Floating-point operations of one sample, counted densely: two for each multiply-add of convolutions and dense layers, whether
  /// or not a kernel finds a way around it. Other arithmetic is not counted.
  public var forwardFlops: Int
  public var backwardFlops: Int
}

/// What one number of threads reached. Rates are those of the median turn.
public struct ThreadResult: Sendable {
  /// Worker threads.
  public var threads: Int
  /// Training, without a recorder.
  public var training: Throughput
  /// Training, with the recorder that `split` comes from.
  public var watched: Throughput
  /// Where the time of a step goes, in the median watched turn.
  public var split: TimeSplit
  /// Evaluation of test samples.
  public var evaluation: Throughput
  /// Bytes of shard gradients that a step's all-reduce adds up.
  public var allReduceBytes: Int
  /// Floating-point operations a second that this many threads reach at most, in registers.
  public var peak: Double

  /// Share of the throughput that the recorder costs; negative where chance was larger than the cost.
  public var recorderCost: Double { 1 - watched.samplesPerSecond / training.samplesPerSecond }
}

/// Samples and the time they took.
public struct Throughput: Sendable, Equatable {
  /// Steps; 0 for an evaluation.
  public var steps: Int
  /// Samples.
  public var samples: Int
  /// Seconds.
  public var seconds: Double

  /// Samples a second.
  public var samplesPerSecond: Double { Double(samples) / seconds }
  /// Seconds a step.
  public var stepSeconds: Double { seconds / Double(steps) }
}

extension Array where Element == Throughput {
  /// The turn in the middle of all, by samples a second; of an even number the slower one.
  ///
  /// - Precondition: there is one.
  var median: Throughput { sorted { $0.samplesPerSecond < $1.samplesPerSecond }[(count - 1) / 2] }
}
