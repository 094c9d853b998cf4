import Datasets
import Networks
import Optimizers
import Tensors
import Workers

/// What one step found out, beside the losses and ranks of its samples.
package struct StepResult: Sendable {
  /// Mean loss of the minibatch.
  package var loss: Double
  /// Norm of the gradient before clipping; nil where the step neither clips nor was asked to measure it, or did not come so far.
  package var gradientNorm: Double?
  /// What first was not finite in loss or gradient; the model then is as it was before the step. nil where all was.
  package var nonFinite: NonFinite?
}

/// One step of training on all workers. The base class erases the types of loss and optimizer once, before the first step.
package class TrainingStep {
  /// Loss of each sample of the last minibatch.
  package let losses: Storage<Float>
  /// Rank of the label of each sample of the last minibatch; 0 is right.
  package let ranks: Storage<Int32>

  init(batchSize: Int) {
    losses = Storage(count: batchSize)
    ranks = Storage(count: batchSize)
  }

  /// Computes the gradient of a minibatch and updates the model, unless something of loss or gradient is not finite.
  ///
  /// - Parameters:
  ///   - samples: indices into the training data, at most a full minibatch.
  ///   - rate: learning rate of this step.
  ///   - measuresNorm: whether to tell the norm of the gradient even where nothing is clipped.
  /// - Throws: what a worker threw.
  package func run(samples: View<Int32>, rate: Double, measuresNorm: Bool = false) throws -> StepResult {
    preconditionFailure("abstract")
  }

  /// Writes the last step's gradient before clipping, in the order of the parameters. To be called before the next step.
  ///
  /// - Throws: what a worker threw.
  package func sumGradient(into gradient: MutableView<Float>) throws { preconditionFailure("abstract") }
}

/// The step of one kind of loss and optimizer: a gradient phase over shards, then a reduce phase over slices.
///
/// The bodies of both phases are made once; what changes from step to step is lent to them. Nothing here depends on the number of
/// workers: shards come from the plan, slices from the network's shapes, and sums run along the reducer's tree.
package final class DataParallelStep<Objective: Loss, Rule: Optimizer>: TrainingStep {
  private let model: ModelState
  private let plan: ShardPlan
  private let rule: Rule
  private let objective: Objective
  private let clip: GradientClip?
  private let seed: UInt64
  private let pool: WorkerPool
  private let workspaces: [Workspace]
  private let phases: StepPhases
  private let pulse: Pulse
  /// The training thread's, which is worker 0.
  private let recorder: Recorder?

  /// - Parameters:
  ///   - workspaces: one for each worker, with room for a full shard.
  ///   - defersGradients: whether layers form what gradients they can in the reduce phase; it changes no bit.
  package convenience init(
    model: ModelState, network: Network, reader: SampleReader, loss: Objective, rule: Rule, clip: GradientClip?,
    plan: ShardPlan, seed: UInt64, pool: WorkerPool, workspaces: [Workspace], defersGradients: Bool = true
  ) {
    self.init(
      model: model, network: network, reader: reader, loss: loss, rule: rule, clip: clip, plan: plan, seed: seed,
      pool: pool, workspaces: workspaces, defersGradients: defersGradients, pulse: Pulse())
  }

  /// - Parameter pulse: where the step notes the phase it is in.
  init(
    model: ModelState, network: Network, reader: SampleReader, loss: Objective, rule: Rule, clip: GradientClip?,
    plan: ShardPlan, seed: UInt64, pool: WorkerPool, workspaces: [Workspace], defersGradients: Bool, pulse: Pulse
  ) {
    precondition(workspaces.count == pool.workerCount, "one workspace for each worker")
    self.model = model
    self.plan = plan
    self.rule = rule
    objective = loss
    self.clip = clip
    self.seed = seed
    self.pool = pool
    self.workspaces = workspaces
    self.pulse = pulse
    phases = StepPhases(
      model: model, network: network, reader: reader, plan: plan, keepsTotal: clip != nil,
      defersGradients: defersGradients, pool: pool,
      recorders: workspaces.map(\.recorder))
    recorder = workspaces[0].recorder
    super.init(batchSize: plan.batchSize)
    phases.makeGradientPhase(loss: loss, workspaces: workspaces, losses: losses, ranks: ranks)
    if clip == nil {
      phases.makeReduceAndUpdatePhase(rule: rule)
      phases.makeVerificationPhase()
    } else {
      phases.makeReducePhase()
      phases.makeUpdatePhase(rule: rule)
    }
  }

  package override func run(samples: View<Int32>, rate: Double, measuresNorm: Bool = false) throws -> StepResult {
    let shards = plan.shards(samples: samples.count)
    phases.input.value = StepInput(
      samples: samples, shards: shards,
      pass: TrainingPass(seed: seed, step: model.step, scale: 1 / Float(samples.count)),
      factors: rule.factors(step: model.updates + 1, learningRate: rate), gradientFactor: 1,
      measuresNorm: measuresNorm)

    pulse.step = model.step + 1
    pulse.enter(.gradient)
    defer { pulse.enter(.none) }
    try run(shards, phases.gradient, as: .gradientPhase)
    var result = StepResult(loss: meanLoss(samples: samples.count))
    guard result.loss.isFinite else { return try findNonFinite(result) }
    pulse.enter(.reduce)
    if let clip {
      try run(slices, phases.reduce, as: .reducePhase)
      let norm = phases.gradientNorm()
      guard norm.isFinite else { return try findNonFinite(result) }
      result.gradientNorm = norm
      phases.input.value?.gradientFactor = clip.factor(norm: norm)
      pulse.enter(.update)
      try run(slices, phases.update, as: .updatePhase)
    } else {
      guard try phases.gradientIsBounded(shards: shards) || gradientIsFinite() else {
        return try findNonFinite(result)
      }
      try run(slices, phases.reduce, as: .reducePhase)
      if measuresNorm { result.gradientNorm = phases.gradientNorm() }
    }
    model.step += 1
    model.updates += 1
    return result
  }

  package override func sumGradient(into gradient: MutableView<Float>) throws {
    try phases.sumGradient(into: gradient, pool: pool)
  }

  private var slices: Int { phases.reducePlan.slices.count }

  /// Looks at every element of the sum, before the first is applied. Seldom: where the shards' parts are huge or not finite.
  private func gradientIsFinite() throws -> Bool {
    try pool.run(slices, phases.verification)
    return phases.gradientNorm().isFinite
  }

  private func findNonFinite(_ result: StepResult) throws -> StepResult {
    var result = result
    result.nonFinite =
      try phases.findNonFinite(
        loss: objective, workspaces: workspaces, losses: losses, ranks: ranks, pool: pool)
      ?? (result.loss.isFinite ? .lossGradient : .loss)
    return result
  }

  private func run(_ items: Int, _ body: @escaping WorkerPool.Body, as phase: Activity) throws {
    let begin = recorder?.begin() ?? 0
    try pool.run(items, body)
    recorder?.end(phase, since: begin)
  }

  /// In sample order, in FP64.
  private func meanLoss(samples: Int) -> Double {
    let losses = losses.view
    var sum = 0.0
    for sample in 0..<samples { sum += Double(losses[sample]) }
    return sum / Double(samples)
  }
}
