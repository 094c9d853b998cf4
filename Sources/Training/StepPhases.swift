import Datasets
import Networks
import Optimizers
import Tensors
import Workers

/// What the bodies of a step's phases need to know of the current step.
struct StepInput: Sendable {
  /// The minibatch: indices into the training data.
  var samples: View<Int32>
  /// Shards of this minibatch.
  var shards: Int
  /// Seed, step and scale for the network.
  var pass: TrainingPass
  /// Rates for the optimizer.
  var factors: UpdateFactors
  /// What clipping multiplies the gradient by.
  var gradientFactor: Float
}

/// The bodies of a step's phases and the memory they share.
///
/// Bodies capture views and values, not the objects behind them, so that running one touches no reference count that workers share;
/// this object keeps the memory alive.
final class StepPhases {
  /// What the current step lends to the bodies.
  let input = Lent<StepInput?>(nil)
  /// `[samples, input shape]`: the minibatch's inputs. A worker that takes a shard writes that shard's part; whole after the
  /// gradient phase.
  let inputs: Storage<Float>
  /// `[samples]`, likewise.
  let labels: Storage<Int32>
  /// The shards' gradients.
  let reducer: GradientReducer
  private(set) var gradient: WorkerPool.Body = StepPhases.missing
  private(set) var reduce: WorkerPool.Body = StepPhases.missing
  private(set) var update: WorkerPool.Body = StepPhases.missing

  private let model: ModelState
  private let reader: SampleReader
  private let kernels: Kernels
  private let plan: ShardPlan
  /// The summed gradient: whole where clipping must know its norm before the first update, else one slice for each worker, which never
  /// leaves that core's cache.
  private let total: Storage<Float>
  /// Sum of squares of each slice of the summed gradient.
  private let squares: Storage<Double>
  /// Each worker's, where one watches.
  private let recorders: [Recorder?]

  private static let missing: WorkerPool.Body = { _, _ in preconditionFailure("a phase was run before it was made") }

  init(
    model: ModelState, reader: SampleReader, kernels: Kernels, plan: ShardPlan, keepsTotal: Bool, pool: WorkerPool,
    recorders: [Recorder?]
  ) {
    self.model = model
    self.reader = reader
    self.kernels = kernels
    self.plan = plan
    self.recorders = recorders
    // Not zeroed: the workers that first write a page place it near their cores.
    let samples = min(plan.batchSize, reader.dataset.count)
    inputs = Storage(count: samples * reader.width, zeroed: false)
    labels = Storage(count: samples, zeroed: false)
    reducer = GradientReducer(shardCapacity: plan.shards, count: model.parameters.count)
    total = Storage(count: keepsTotal ? reducer.count : pool.workerCount * GradientReducer.sliceLength)
    squares = Storage(count: reducer.sliceCount)
  }

  /// Inputs, forward and backward of each shard, into the shard's own gradient vector.
  func makeGradientPhase(
    network: Network, loss: some Loss, workspaces: [Workspace], losses: Storage<Float>, ranks: Storage<Int32>
  ) {
    let (input, reducer, plan, reader) = (input, reducer, plan, reader)
    let (inputs, labels) = (inputs.mutableView, labels.mutableView)
    let (parameters, losses, ranks) = (model.parameters.view, losses.mutableView, ranks.mutableView)
    gradient = { worker, index in
      guard let step = input.value else { return }
      let workspace = workspaces[worker]
      let begin = workspace.recorder?.begin() ?? 0
      let range = plan.range(ofShard: index, samples: step.samples.count)
      let width = reader.width
      let shardInputs = inputs[range.lowerBound * width..<range.upperBound * width]
      reader.read(step.samples[range], inputs: shardInputs, labels: labels[range])
      workspace.recorder?.lap(.data)
      let shard = Shard(
        inputs: shardInputs.readOnly, labels: labels[range].readOnly, losses: losses[range], ranks: ranks[range],
        firstSample: range.lowerBound)
      network.train(
        shard, pass: step.pass, loss: loss, parameters: parameters, gradient: reducer.gradient(ofShard: index),
        workspace: workspace)
      workspace.recorder?.end(.shard, index, since: begin)
    }
  }

  /// Without clipping: each slice is summed over the shards and applied at once, while it is in cache.
  func makeReduceAndUpdatePhase(rule: some Optimizer) {
    let (input, reducer, kernels, recorders) = (input, reducer, kernels, recorders)
    let (total, parameters, slots) = (total.mutableView, model.parameters.mutableView, model.slotViews)
    reduce = { worker, index in
      guard let step = input.value else { return }
      let recorder = recorders[worker]
      let begin = recorder?.begin() ?? 0
      let range = reducer.range(ofSlice: index)
      let start = worker * GradientReducer.sliceLength
      let sum = total[start..<start + range.count]
      reducer.reduce(slice: index, shards: step.shards, into: sum, kernels: kernels)
      rule.update(
        UpdatePass(
          kernels: kernels, factors: step.factors, gradient: sum.readOnly, parameters: parameters[range],
          slots: slots[range]))
      recorder?.end(.reduce, index, since: begin)
    }
  }

  /// With clipping: each slice is summed over the shards, and its squares are added up.
  func makeReducePhase() {
    let (input, reducer, kernels, recorders) = (input, reducer, kernels, recorders)
    let (total, squares) = (total.mutableView, squares.mutableView)
    reduce = { worker, index in
      guard let step = input.value else { return }
      let recorder = recorders[worker]
      let begin = recorder?.begin() ?? 0
      let sum = total[reducer.range(ofSlice: index)]
      reducer.reduce(slice: index, shards: step.shards, into: sum, kernels: kernels)
      squares[index] = kernels.sumOfSquares(sum.readOnly)
      recorder?.end(.reduce, index, since: begin)
    }
  }

  /// With clipping: each slice is scaled and applied.
  func makeUpdatePhase(rule: some Optimizer) {
    let (input, reducer, kernels, recorders) = (input, reducer, kernels, recorders)
    let (total, parameters, slots) = (total.mutableView, model.parameters.mutableView, model.slotViews)
    update = { worker, index in
      guard let step = input.value else { return }
      let recorder = recorders[worker]
      let begin = recorder?.begin() ?? 0
      let range = reducer.range(ofSlice: index)
      let sum = total[range]
      if step.gradientFactor != 1 { kernels.scale(sum, by: step.gradientFactor) }
      rule.update(
        UpdatePass(
          kernels: kernels, factors: step.factors, gradient: sum.readOnly, parameters: parameters[range],
          slots: slots[range]))
      recorder?.end(.reduce, index, since: begin)
    }
  }

  /// Euclidean norm of the summed gradient: the slices' sums are added in order, in FP64.
  func gradientNorm() -> Double {
    let squares = squares.view
    var sum = 0.0
    for slice in 0..<squares.count { sum += squares[slice] }
    return sum.squareRoot()
  }
}
