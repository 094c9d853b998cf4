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
  /// Whether to add up the gradient's squares where nothing is clipped.
  var measuresNorm: Bool
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
  /// Items of the reduce phase.
  let reducePlan: ReducePlan
  private(set) var gradient: WorkerPool.Body = StepPhases.missing
  private(set) var reduce: WorkerPool.Body = StepPhases.missing
  private(set) var update: WorkerPool.Body = StepPhases.missing
  /// As `reduce` without the update: only looks at the gradient.
  private(set) var verification: WorkerPool.Body = StepPhases.missing

  private let model: ModelState
  private let reader: SampleReader
  private let network: Network
  private let plan: ShardPlan
  /// The shards' gradients.
  private let reducer: GradientReducer
  /// What layers keep of the minibatch for their deferred gradients.
  private let kept: Storage<Float>
  private let batchMemory: BatchMemory?
  private let gradientSum: GradientSum
  /// The summed gradient: whole where clipping must know its norm before the first update, else one slice for each worker, which never
  /// leaves that core's cache.
  private let total: Storage<Float>
  /// Sum of squares of each slice of the summed gradient.
  private let squares: Storage<Double>
  /// Without clipping, for each shard what its part of the gradient does not exceed: `Network.train`.
  private let bounds: Storage<Double>
  private let boundsGradient: Bool
  /// Each worker's, where one watches.
  private let recorders: [Recorder?]

  private static let missing: WorkerPool.Body = { _, _ in preconditionFailure("a phase was run before it was made") }

  init(
    model: ModelState, network: Network, reader: SampleReader, plan: ShardPlan, keepsTotal: Bool, defersGradients: Bool,
    pool: WorkerPool, recorders: [Recorder?]
  ) {
    self.model = model
    self.reader = reader
    self.network = network
    self.plan = plan
    self.recorders = recorders
    // Not zeroed: the workers that first write a page place it near their cores.
    let samples = min(plan.batchSize, reader.dataset.count)
    inputs = Storage(count: samples * reader.width, zeroed: false)
    labels = Storage(count: samples, zeroed: false)
    reducePlan = ReducePlan(network: network, defersGradients: defersGradients)
    reducer = GradientReducer(shardCapacity: plan.shards, count: reducePlan.perShardCount, pool: pool)
    kept = Storage(count: reducePlan.keptCount * samples, zeroed: false)
    batchMemory = defersGradients ? BatchMemory(kept.mutableView, for: network, capacity: samples) : nil
    gradientSum = GradientSum(network: network, reducer: reducer, kept: batchMemory, shardSize: plan.shardSize)
    total = Storage(count: keepsTotal ? model.parameters.count : pool.workerCount * reducePlan.largestSlice)
    squares = Storage(count: reducePlan.slices.count)
    bounds = Storage(count: plan.shards)
    // With clipping the norm tells.
    boundsGradient = !keepsTotal
  }

  /// Inputs, forward and backward of each shard, into the shard's own gradient vector and its samples' places in the batch
  /// memory.
  func makeGradientPhase(loss: some Loss, workspaces: [Workspace], losses: Storage<Float>, ranks: Storage<Int32>) {
    let (input, network, reducer, plan, reader) = (input, network, reducer, plan, reader)
    let (inputs, labels, memory) = (inputs.mutableView, labels.mutableView, batchMemory)
    let (parameters, losses, ranks) = (model.parameters.view, losses.mutableView, ranks.mutableView)
    let (bounds, boundsGradient) = (bounds.mutableView, boundsGradient)
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
      bounds[index] = network.train(
        shard, pass: step.pass, loss: loss, parameters: parameters, gradient: reducer.gradient(ofShard: index),
        workspace: workspace, keeping: memory, boundsGradient: boundsGradient)
      workspace.recorder?.end(.shard, index, since: begin)
    }
  }

  /// Without clipping: each slice is summed over the shards and applied at once, while it is in cache. Where the norm is wanted, its
  /// squares are added up before, from cache too.
  func makeReduceAndUpdatePhase(rule: some Optimizer) {
    let (input, gradientSum, kernels, recorders) = (input, gradientSum, network.kernels, recorders)
    let (slices, largestSlice) = (reducePlan.slices.view, reducePlan.largestSlice)
    let (total, parameters, slots) = (total.mutableView, model.parameters.mutableView, model.slotViews)
    let squares = squares.mutableView
    reduce = { worker, index in
      guard let step = input.value else { return }
      let recorder = recorders[worker]
      let begin = recorder?.begin() ?? 0
      let slice = slices[index]
      let start = worker * largestSlice
      let sum = total[start..<start + slice.range.count]
      gradientSum.write(slice, samples: step.samples.count, shards: step.shards, into: sum)
      if let deferred = slice.deferred { recorder?.lap(.weights, deferred.stage) }
      if step.measuresNorm { squares[index] = kernels.sumOfSquares(sum.readOnly) }
      rule.update(
        UpdatePass(
          kernels: kernels, factors: step.factors, gradient: sum.readOnly, parameters: parameters[slice.range],
          slots: slots[slice.range]))
      recorder?.end(.reduce, index, since: begin)
    }
  }

  /// Without clipping: each slice is summed over the shards, and its squares are added up; nothing else.
  func makeVerificationPhase() {
    let (input, gradientSum, kernels) = (input, gradientSum, network.kernels)
    let (slices, largestSlice) = (reducePlan.slices.view, reducePlan.largestSlice)
    let (total, squares) = (total.mutableView, squares.mutableView)
    verification = { worker, index in
      guard let step = input.value else { return }
      let slice = slices[index]
      let start = worker * largestSlice
      let sum = total[start..<start + slice.range.count]
      gradientSum.write(slice, samples: step.samples.count, shards: step.shards, into: sum)
      squares[index] = kernels.sumOfSquares(sum.readOnly)
    }
  }

  /// With clipping: each slice is summed over the shards, and its squares are added up.
  func makeReducePhase() {
    let (input, slices, gradientSum) = (input, reducePlan.slices.view, gradientSum)
    let (kernels, recorders) = (network.kernels, recorders)
    let (total, squares) = (total.mutableView, squares.mutableView)
    reduce = { worker, index in
      guard let step = input.value else { return }
      let recorder = recorders[worker]
      let begin = recorder?.begin() ?? 0
      let slice = slices[index]
      let sum = total[slice.range]
      gradientSum.write(slice, samples: step.samples.count, shards: step.shards, into: sum)
      if let deferred = slice.deferred { recorder?.lap(.weights, deferred.stage) }
      squares[index] = kernels.sumOfSquares(sum.readOnly)
      recorder?.end(.reduce, index, since: begin)
    }
  }

  /// With clipping: each slice is scaled and applied.
  func makeUpdatePhase(rule: some Optimizer) {
    let (input, slices, kernels, recorders) = (input, reducePlan.slices.view, network.kernels, recorders)
    let (total, parameters, slots) = (total.mutableView, model.parameters.mutableView, model.slotViews)
    update = { worker, index in
      guard let step = input.value else { return }
      let recorder = recorders[worker]
      let begin = recorder?.begin() ?? 0
      let range = slices[index].range
      let sum = total[range]
      if step.gradientFactor != 1 { kernels.scale(sum, by: step.gradientFactor) }
      rule.update(
        UpdatePass(
          kernels: kernels, factors: step.factors, gradient: sum.readOnly, parameters: parameters[range],
          slots: slots[range]))
      recorder?.end(.reduce, index, since: begin)
    }
  }

  /// Adds up the current step's gradient once more, whole: what the shards left of it lies there until the next step.
  func sumGradient(into gradient: MutableView<Float>, pool: WorkerPool) throws {
    precondition(gradient.count == model.parameters.count, "gradient of another length")
    guard let step = input.value else { preconditionFailure("the gradient of no step") }
    let (slices, gradientSum) = (reducePlan.slices.view, gradientSum)
    let (samples, shards) = (step.samples.count, step.shards)
    try pool.run(slices.count) { _, index in
      let slice = slices[index]
      gradientSum.write(slice, samples: samples, shards: shards, into: gradient[slice.range])
    }
  }

  /// Finds where in the current step a number first was not finite. To be called before the step reaches the model.
  ///
  /// - Returns: nil where all is finite.
  func findNonFinite(
    loss: some Loss, workspaces: [Workspace], losses: Storage<Float>, ranks: Storage<Int32>, pool: WorkerPool
  ) throws -> NonFinite? {
    guard let step = input.value else { return nil }
    let search = NonFiniteSearch(
      network: network, plan: plan, step: step, parameters: model.parameters.view, inputs: inputs.view,
      labels: labels.view, losses: losses.mutableView, ranks: ranks.mutableView, memory: batchMemory,
      gradientSum: gradientSum, slices: reducePlan.slices.view)
    return try search.run(loss: loss, workspaces: workspaces, pool: pool)
  }

  /// Whether the shards' parts are so small that their sum must be finite. Where not, it may be all the same.
  func gradientIsBounded(shards: Int) -> Bool {
    let bounds = bounds.view
    var sum = 0.0
    for shard in 0..<shards { sum += bounds[shard] }
    return sum < 1e38
  }

  /// Euclidean norm of the summed gradient: the slices' sums are added in order, in FP64.
  func gradientNorm() -> Double {
    let squares = squares.view
    var sum = 0.0
    for slice in 0..<squares.count { sum += squares[slice] }
    return sum.squareRoot()
  }
}
