/// Where a run stands: what, beside weights and optimizer state, a resume needs.
///
/// Randomness has no state: every random number is a function of the seed and a position.
public struct RunState: Sendable, Equatable {
  /// The resolved config, as text.
  public var config: String
  /// Epochs completed.
  public var epoch: Int
  /// Updates applied since the run began.
  public var step: Int
  /// Minibatches done in the epoch after the completed ones; 0 at an epoch's boundary.
  public var batchesDone: Int
  /// Minibatches of one epoch; 0 where that is not known.
  public var stepsPerEpoch: Int
  /// The run's seed.
  public var seed: UInt64
  /// Metrics of the completed epochs.
  public var history: MetricHistory
  /// Sums over the minibatches done in the current epoch, from which its metrics will be formed.
  public var epochSums: [NamedNumber]
  /// Value of the monitored metric after the last step, where this checkpoint was taken right after an evaluation.
  ///
  /// Retention keeps the best checkpoints by it; without a score a checkpoint is kept only as one of the last.
  public var score: Double?
  /// The best evaluation so far.
  public var best: BestEvaluation?
  /// Evaluations since the best one, for early stopping.
  public var patience: Int
  /// How inputs are made from a sample's bytes, per channel: `input = byte · scale + offset`. It belongs to the weights: without it a
  /// checkpoint could not predict.
  public var inputScale: [Float]
  /// The offsets that go with `inputScale`.
  public var inputOffset: [Float]
  /// Fingerprint of the training data, to notice that a resume would see other samples.
  public var dataFingerprint: [UInt8]
  /// Name of the instruction set that computed this state, for example `avx512`: equal bits are promised for equal names.
  public var instructionSet: String
  /// Program and version that wrote it, for example `lockstep 0.1.0`.
  public var producer: String

  /// Creates a state.
  public init(
    config: String, epoch: Int, step: Int, batchesDone: Int, stepsPerEpoch: Int = 0, seed: UInt64,
    history: MetricHistory = MetricHistory(columns: []), epochSums: [NamedNumber] = [], score: Double? = nil,
    best: BestEvaluation? = nil, patience: Int = 0, inputScale: [Float] = [], inputOffset: [Float] = [],
    dataFingerprint: [UInt8] = [], instructionSet: String, producer: String
  ) {
    self.config = config
    self.epoch = epoch
    self.step = step
    self.batchesDone = batchesDone
    self.stepsPerEpoch = stepsPerEpoch
    self.seed = seed
    self.history = history
    self.epochSums = epochSums
    self.score = score
    self.best = best
    self.patience = patience
    self.inputScale = inputScale
    self.inputOffset = inputOffset
    self.dataFingerprint = dataFingerprint
    self.instructionSet = instructionSet
    self.producer = producer
  }

  /// Equal text, numbers and bits.
  public static func == (left: RunState, right: RunState) -> Bool {
    left.config == right.config && left.epoch == right.epoch && left.step == right.step
      && left.batchesDone == right.batchesDone && left.stepsPerEpoch == right.stepsPerEpoch && left.seed == right.seed
      && left.inputScale.map(\.bitPattern) == right.inputScale.map(\.bitPattern)
      && left.inputOffset.map(\.bitPattern) == right.inputOffset.map(\.bitPattern) && left.history == right.history
      && left.epochSums == right.epochSums && left.score?.bitPattern == right.score?.bitPattern
      && left.best == right.best && left.patience == right.patience
      && left.dataFingerprint == right.dataFingerprint && left.instructionSet == right.instructionSet
      && left.producer == right.producer
  }
}

/// A number with a name, for example a metric or a partial sum.
public struct NamedNumber: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Its value.
  public var value: Double

  /// Creates a named number.
  public init(name: String, value: Double) {
    self.name = name
    self.value = value
  }

  /// Equal names and bits: a NaN equals itself.
  public static func == (left: NamedNumber, right: NamedNumber) -> Bool {
    left.name == right.name && left.value.bitPattern == right.value.bitPattern
  }
}

/// The best evaluation of a run so far.
public struct BestEvaluation: Sendable, Equatable {
  /// Name of the monitored metric.
  public var metric: String
  /// Its value.
  public var value: Double
  /// Updates applied when it was measured.
  public var step: Int

  /// Creates a record.
  public init(metric: String, value: Double, step: Int) {
    self.metric = metric
    self.value = value
    self.step = step
  }

  /// Equal names, numbers and bits.
  public static func == (left: BestEvaluation, right: BestEvaluation) -> Bool {
    left.metric == right.metric && left.value.bitPattern == right.value.bitPattern && left.step == right.step
  }
}

/// A table of metrics: one row for each completed epoch.
public struct MetricHistory: Sendable, Equatable {
  /// Names of the columns.
  public let columns: [String]
  /// Rows, oldest first, each with one value a column.
  public private(set) var rows: [[Double]]

  /// Creates a table.
  ///
  /// - Precondition: every row has as many values as there are columns.
  public init(columns: [String], rows: [[Double]] = []) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row of another length than the columns")
    self.columns = columns
    self.rows = rows
  }

  /// Adds the next epoch's values.
  ///
  /// - Precondition: as many values as there are columns.
  public mutating func append(_ row: [Double]) {
    precondition(row.count == columns.count, "a row of \(row.count) values for \(columns.count) columns")
    rows.append(row)
  }

  /// Equal names and bits.
  public static func == (left: MetricHistory, right: MetricHistory) -> Bool {
    left.columns == right.columns && left.rows.map { $0.map(\.bitPattern) } == right.rows.map { $0.map(\.bitPattern) }
  }
}
