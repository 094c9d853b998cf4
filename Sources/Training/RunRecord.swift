import Checkpoints
import Datasets
import Networks
import Tensors

/// What a run remembers beside the model: sums over the current epoch, the metrics of the finished ones, the best of them.
///
/// All of it is in every checkpoint, so that a resumed run reports and decides as the uninterrupted one would.
struct RunRecord {
  /// The metric that decides which epoch was the best: the evaluation's loss, the smaller the better.
  static let monitored = "loss"

  private let metrics: [any Metric]
  /// Sums over the current epoch's minibatches.
  private(set) var current: MetricSums
  /// A row for each finished epoch.
  private(set) var history: MetricHistory
  /// The best evaluation so far.
  private(set) var best: BestEvaluation?
  /// Evaluations since the best one.
  private(set) var patience = 0
  /// The monitored metric of the last evaluation, until the next step.
  private(set) var score: Double?

  init(metrics: [any Metric]) {
    self.metrics = metrics
    current = MetricSums(metricCount: metrics.count)
    history = MetricHistory(columns: RunRecord.columns(metrics))
  }

  /// `trainingLoss`, `trainingAccuracy` …, then the same of the evaluation.
  private static func columns(_ metrics: [any Metric]) -> [String] {
    let names = ["loss"] + metrics.map(\.name)
    return ["training", "evaluation"].flatMap { prefix in
      names.map { prefix + $0.prefix(1).uppercased() + $0.dropFirst() }
    }
  }

  /// Adds a minibatch.
  mutating func add(losses: View<Float>, ranks: View<Int32>) {
    current.add(losses: losses, ranks: ranks, metrics: metrics)
    score = nil
  }

  /// Leaves a minibatch out.
  mutating func skipStep() { score = nil }

  /// Takes an epoch's report in and begins the next one.
  mutating func finishEpoch(_ report: EpochReport) {
    history.append(report.training.values.map(\.value) + report.evaluation.values.map(\.value))
    let value = report.evaluation[RunRecord.monitored] ?? .nan
    score = value
    // What is not a number is never the best: nothing could be better.
    if best.map({ value < $0.value }) ?? !value.isNaN {
      best = BestEvaluation(metric: RunRecord.monitored, value: value, step: report.step)
      patience = 0
    } else {
      patience += 1
    }
    current.reset()
  }
}

extension RunRecord {
  /// The loss of each finished epoch's evaluation.
  var evaluationLosses: [Double] {
    guard let column = history.columns.firstIndex(of: "evaluationLoss") else { return [] }
    return history.rows.map { $0[column] }
  }
}

extension RunRecord {
  /// The results of an epoch's evaluation; nil where there was none.
  ///
  /// - Parameter epoch: from 1.
  func evaluation(epoch: Int) -> MetricValues? {
    guard history.rows.indices.contains(epoch - 1) else { return nil }
    let names = ["loss"] + metrics.map(\.name)
    return MetricValues(Array(zip(names, history.rows[epoch - 1].suffix(names.count))).map { (name: $0, value: $1) })
  }
}

// MARK: Checkpoints

extension RunRecord {
  /// Name and version in every checkpoint.
  static let producer = "lockstep \(LockstepVersion.current)"

  /// Everything of a checkpoint that is neither parameters nor slots.
  func runState(config: RunConfig, data: PreparedData, kernels: Kernels, position: RunPosition) -> RunState {
    RunState(
      config: config.resolvedText, epoch: position.epochsFinished, step: position.step,
      batchesDone: position.step - position.epochsFinished * position.stepsPerEpoch,
      stepsPerEpoch: position.stepsPerEpoch, seed: config.seed,
      history: history, epochSums: zip(sumNames, current.numbers).map { NamedNumber(name: $0, value: $1) },
      score: score, best: best, patience: patience, inputScale: data.normalization.scale.view.array(),
      inputOffset: data.normalization.offset.view.array(), dataFingerprint: data.training.fingerprint,
      instructionSet: kernels.instructionSet.rawValue, producer: RunRecord.producer)
  }

  /// The record of a checkpoint; nil where it does not fit these metrics.
  init?(restoring state: RunState, metrics: [any Metric]) {
    self.init(metrics: metrics)
    guard state.history.columns == history.columns, state.epochSums.map(\.name) == sumNames,
      let sums = MetricSums(numbers: state.epochSums.map(\.value), metricCount: metrics.count)
    else { return nil }
    current = sums
    history = state.history
    best = state.best
    patience = state.patience
    score = state.score
  }

  private var sumNames: [String] { ["samples", "correct", "loss"] + metrics.map(\.name) }
}
