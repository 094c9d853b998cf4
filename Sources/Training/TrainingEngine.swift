import Datasets
import Networks
import Optimizers
import Tensors
import Workers

/// What one minibatch was trained with and found.
struct TrainedBatch: Sendable {
  /// Loss and norm of the gradient.
  var result: StepResult
  /// Samples of the minibatch.
  var samples: Int
  /// The epoch that it belongs to, from 0.
  var epoch: Int
  /// The learning rate.
  var rate: Double
  /// Whether its update was left out.
  var isSkipped: Bool { result.nonFinite != nil }
}

/// Everything that the steps of a run compute with, allocated before the first one: the model, the workers, the samples in their order.
///
/// It knows nothing of checkpoints, reports and files. `Trainer` drives it through a run, `Benchmark` measures it.
final class TrainingEngine {
  let network: Network
  let plan: ShardPlan
  let pool: WorkerPool
  let model: ModelState
  let stepsPerEpoch: Int
  /// Where the training thread is.
  let pulse = Pulse()

  private let config: RunConfig
  private let data: PreparedData
  private let order: EpochOrder
  private let trainingStep: TrainingStep
  private let evaluator: Evaluator

  /// - Parameter recorders: one for each thread, or none at all where nobody watches.
  /// - Throws: as `RunConfig.makeNetwork(for:kernels:)`.
  init(config: RunConfig, data: PreparedData, machine: Machine, recorders: [Recorder] = []) throws {
    precondition(recorders.isEmpty || recorders.count == machine.threads, "one recorder for each thread")
    let network = try config.makeNetwork(for: data, kernels: machine.kernels)
    let plan = ShardPlan(batchSize: config.training.batchSize, shards: config.training.shards)
    let optimizer = config.training.optimizer
    let model = ModelState(parameterCount: network.parameters.count, slotCount: optimizer.slots.count)
    network.initialize(model.parameters.mutableView, seed: config.seed)
    let pool = WorkerPool(workerCount: machine.threads, spins: machine.threads <= machine.processors)
    let workspaces = (0..<machine.threads).map { worker in
      Workspace(
        for: network, capacity: plan.shardSize, recorder: recorders.isEmpty ? nil : recorders[worker])
    }
    let sampler = Sampler(
      samples: data.split.training, order: .shuffled(seed: config.seed), batchSize: config.training.batchSize)
    self.config = config
    self.data = data
    self.network = network
    self.plan = plan
    self.pool = pool
    self.model = model
    stepsPerEpoch = sampler.batchesPerEpoch
    trainingStep = TrainingEngine.makeStep(
      config.training.loss, optimizer, model: model, network: network,
      reader: SampleReader(data.training, normalization: data.normalization, kernels: machine.kernels),
      clip: config.training.clip, plan: plan, seed: config.seed, pool: pool, workspaces: workspaces, pulse: pulse)
    order = EpochOrder(sampler)
    evaluator = Evaluator(
      network: network, metrics: config.training.metrics, normalization: data.normalization, pool: pool,
      workspaces: workspaces)
  }

  /// Opens the types of loss and optimizer, once for the whole run.
  private static func makeStep(
    _ loss: some Loss, _ rule: some Optimizer, model: ModelState, network: Network, reader: SampleReader,
    clip: GradientClip?, plan: ShardPlan, seed: UInt64, pool: WorkerPool, workspaces: [Workspace], pulse: Pulse
  ) -> TrainingStep {
    DataParallelStep(
      model: model, network: network, reader: reader, loss: loss, rule: rule, clip: clip, plan: plan, seed: seed,
      pool: pool, workspaces: workspaces, defersGradients: true, pulse: pulse)
  }

  /// Bytes of gradients that the all-reduce of a full minibatch reads.
  var allReduceBytes: Int { plan.shards * network.parameters.perShardCount * MemoryLayout<Float>.stride }

  /// One minibatch: gradient, all-reduce, update.
  ///
  /// - Parameter position: of the run before this step.
  /// - Throws: as `TrainingStep.run`; `TrainingError.notFinite` where loss or gradient is not finite, unless the config skips such
  ///   steps. A model with a parameter that is not finite is beyond that: all further steps would be skipped.
  func step(at position: RunPosition) throws -> TrainedBatch {
    let samples = order.samples(epoch: position.epochOfNextStep, batch: position.batchOfNextStep)
    let factor = config.training.schedule.factor(
      step: position.step + 1, stepsPerEpoch: position.stepsPerEpoch, totalSteps: position.totalSteps)
    let rate = config.training.optimizer.learningRate * factor
    let result = try trainingStep.run(
      samples: samples, rate: rate, measuresNorm: config.logging.includes(step: position.step + 1))
    if let nonFinite = result.nonFinite { try skip(nonFinite) }
    return TrainedBatch(result: result, samples: samples.count, epoch: position.epochOfNextStep, rate: rate)
  }

  private func skip(_ nonFinite: NonFinite) throws(TrainingError) {
    if case .skipStep = config.training.onNonFinite, !nonFinite.isOfTheModel {
      model.step += 1
      return
    }
    throw .notFinite(what: nonFinite.description, step: model.step + 1)
  }

  /// Adds the samples of the last step to a record.
  func add(_ batch: TrainedBatch, to record: inout RunRecord) {
    // A loss that is not finite would make those of the whole epoch so.
    if batch.isSkipped { return record.skipStep() }
    record.add(
      losses: trainingStep.losses.view[0..<batch.samples], ranks: trainingStep.ranks.view[0..<batch.samples])
  }

  /// The gradient of the last step before clipping, in the order of the parameters: added up once more, and so with the same bits.
  func gradientOfLastStep() throws -> Storage<Float> {
    let gradient = Storage<Float>(count: network.parameters.count)
    pulse.enter(.reduce)
    defer { pulse.enter(.none) }
    try trainingStep.sumGradient(into: gradient.mutableView)
    return gradient
  }

  /// Evaluates the model on samples of a data set.
  ///
  /// - Parameters:
  ///   - samples: indices into the data set.
  ///   - mistakes: how many of the most confident mistakes to name.
  func evaluate(_ dataset: ImageDataset, samples: Storage<Int32>, mistakes: Int = 0) throws -> Evaluation {
    pulse.step = model.step
    pulse.enter(.evaluation)
    defer { pulse.enter(.none) }
    return try evaluator.evaluate(
      dataset, samples: samples.view, loss: config.training.loss, parameters: model.parameters.view,
      version: model.step, mistakes: mistakes)
  }
}
