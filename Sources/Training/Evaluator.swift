import Datasets
import Networks
import Tensors
import Workers

/// What an evaluation found.
public struct Evaluation: Sendable {
  /// Loss and the other metrics.
  public var metrics: MetricValues
  /// `confusion[label][prediction]`: number of samples.
  public var confusion: [[Int]]
  /// Samples evaluated.
  public var samples: Int
  /// The most confident mistakes, as many as were asked for, the worst first.
  public var mistakes: [Mistake] = []

  /// Creates results.
  public init(metrics: MetricValues, confusion: [[Int]], samples: Int, mistakes: [Mistake] = []) {
    self.metrics = metrics
    self.confusion = confusion
    self.samples = samples
    self.mistakes = mistakes
  }
}

/// Evaluates a network on a data set, on all workers, with the kernels of training and with dropout off.
///
/// A work item is a run of samples that one worker reads, normalises and puts through the network in its own workspace. Results are
/// kept for each sample and added in sample order, so they do not depend on the number of workers either.
final class Evaluator {
  private let network: Network
  private let metrics: [any Metric]
  private let normalization: Normalization
  private let pool: WorkerPool
  private let workspaces: [Workspace]
  /// A workspace's worth of inputs for each worker.
  private let inputs: [Storage<Float>]

  /// - Parameter workspaces: one for each worker, all of one capacity; may be those of training, between its steps.
  init(
    network: Network, metrics: [any Metric], normalization: Normalization, pool: WorkerPool, workspaces: [Workspace]
  ) {
    precondition(workspaces.count == pool.workerCount, "one workspace for each worker")
    self.network = network
    self.metrics = metrics
    self.normalization = normalization
    self.pool = pool
    self.workspaces = workspaces
    inputs = workspaces.map { Storage(count: $0.capacity * network.input.count, zeroed: false) }
  }

  /// Evaluates the given samples.
  ///
  /// - Parameters:
  ///   - samples: indices into the data set, in the order in which results are added.
  ///   - loss: the training's loss.
  ///   - parameters: the flat parameter vector.
  ///   - version: of the parameters, the number of steps that made them.
  ///   - mistakes: how many of the most confident mistakes to name.
  func evaluate(
    _ dataset: ImageDataset, samples: View<Int32>, loss: some Loss, parameters: View<Float>, version: Int,
    mistakes: Int = 0
  ) throws -> Evaluation {
    precondition(dataset.shape.count == network.input.count, "samples of another shape")
    let count = samples.count
    let losses = Storage<Float>(count: count)
    let (ranks, labels, predictions) = (
      Storage<Int32>(count: count), Storage<Int32>(count: count), Storage<Int32>(count: count)
    )
    // Nobody's, where nobody asks.
    let confidences = Storage<Float>(count: mistakes > 0 ? 2 * count : 0)
    // Views do not keep memory alive.
    defer { withExtendedLifetime((losses, ranks, labels, predictions, confidences)) {} }
    let run = EvaluationRun(
      network: network, reader: SampleReader(dataset, normalization: normalization, kernels: network.kernels),
      samples: samples, labels: labels.mutableView, losses: losses.mutableView, ranks: ranks.mutableView,
      predictions: predictions.mutableView, confidences: confidences.mutableView)
    let capacity = workspaces[0].capacity
    let (workspaces, inputs) = (workspaces, inputs)
    try pool.run((count + capacity - 1) / capacity) { worker, item in
      run.evaluate(
        item * capacity..<min((item + 1) * capacity, count), loss: loss, parameters: parameters, version: version,
        workspace: workspaces[worker], inputs: inputs[worker].mutableView)
    }
    var sums = MetricSums(metricCount: metrics.count)
    sums.add(losses: losses.view, ranks: ranks.view, metrics: metrics)
    return Evaluation(
      metrics: MetricValues(sums.values(metrics)),
      confusion: confusion(labels: labels.view, predictions: predictions.view), samples: count,
      mistakes: mistakes == 0
        ? []
        : Mistake.mostConfident(
          mistakes, of: samples, labels: labels.view, predictions: predictions.view, confidences: confidences.view))
  }

  /// Index of the largest value, the first of equals; 0 where nothing compares.
  static func largest(_ values: View<Float>) -> Int {
    var best = 0
    for index in 0..<values.count where values[index] > values[best] { best = index }
    return best
  }

  private func confusion(labels: View<Int32>, predictions: View<Int32>) -> [[Int]] {
    let classes = network.output.count
    var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for sample in 0..<labels.count { counts[Int(labels[sample])][Int(predictions[sample])] += 1 }
    return counts
  }
}

/// One evaluation under way: what is read and where results go, in sample order.
private struct EvaluationRun: Sendable {
  let network: Network
  let reader: SampleReader
  let samples: View<Int32>
  let labels: MutableView<Int32>
  let losses: MutableView<Float>
  let ranks: MutableView<Int32>
  let predictions: MutableView<Int32>
  /// Shares in the softmax, of each prediction and then of its label; empty where nobody asks.
  let confidences: MutableView<Float>

  func evaluate(
    _ range: Range<Int>, loss: some Loss, parameters: View<Float>, version: Int, workspace: Workspace,
    inputs: MutableView<Float>
  ) {
    let inputs = inputs[0..<range.count * reader.width]
    reader.read(samples[range], inputs: inputs, labels: labels[range])
    let shard = Shard(
      inputs: inputs.readOnly, labels: labels.readOnly[range], losses: losses[range],
      ranks: ranks[range], firstSample: range.lowerBound)
    let outputs = network.evaluate(
      shard, loss: loss, parameters: parameters, version: version, workspace: workspace)
    let classes = network.output.count
    for (offset, index) in range.enumerated() {
      let outputs = outputs[offset * classes..<(offset + 1) * classes]
      let prediction = Evaluator.largest(outputs)
      predictions[index] = Int32(prediction)
      if confidences.count > 0 {
        let sum = expSum(outputs, below: prediction)
        confidences[2 * index] = Float(1 / sum)
        confidences[2 * index + 1] = Float(exp(outputs, Int(labels[index]), below: prediction) / sum)
      }
    }
  }

  /// The sum of the outputs' exponentials, each relative to that of the largest one: the softmax's denominator.
  private func expSum(_ outputs: View<Float>, below largest: Int) -> Double {
    (0..<outputs.count).reduce(0) { $0 + exp(outputs, $1, below: largest) }
  }

  private func exp(_ outputs: View<Float>, _ index: Int, below largest: Int) -> Double {
    PortableMath.exp(Double(outputs[index]) - Double(outputs[largest]))
  }
}
