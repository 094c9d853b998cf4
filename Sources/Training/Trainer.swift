import Checkpoints
import Datasets
import Networks
import Optimizers
import Tensors
import Workers

/// Trains one network on one data set into one run directory.
///
/// The trainer owns the model and drives everything from the thread that calls `run`: the phases of a step run on the
/// worker pool, checkpoints are written on the store's queue from snapshots. Signals, saves and evaluations are looked after between
/// steps, never inside one.
public final class Trainer {
  /// The network.
  public let network: Network
  /// How far the run is.
  public internal(set) var position: RunPosition

  let config: RunConfig
  let data: PreparedData
  let directory: RunDirectory
  let engine: TrainingEngine
  let saver: CheckpointSaver
  let observers: [any TrainingObserver]
  let request: StopRequest
  private let watchdog: Watchdog?

  /// Metrics of the current epoch, of the finished ones, and the best evaluation.
  var record: RunRecord
  /// Learning rate of the last step.
  var rate = 0.0
  var stopwatch = Stopwatch()

  /// Prepares a run: everything that a step needs is allocated here.
  ///
  /// - Parameters:
  ///   - config: the run's config.
  ///   - data: its samples.
  ///   - directory: where checkpoints go; made ready by the caller.
  ///   - machine: threads and kernels.
  ///   - observers: told of every step, in this order.
  ///   - request: looked at between steps.
  ///   - watchdog: told of a phase that does not end.
  /// - Throws: `NetworkError`, `TrainingError.unfit` where network and data do not fit, `diskFull`.
  public init(
    config: RunConfig, data: PreparedData, directory: RunDirectory, machine: Machine,
    observers: [any TrainingObserver], request: StopRequest, watchdog: Watchdog? = nil
  ) throws {
    engine = try TrainingEngine(config: config, data: data, machine: machine)
    network = engine.network
    self.config = config
    self.data = data
    self.directory = directory
    self.observers = observers
    self.request = request
    self.watchdog = watchdog
    saver = CheckpointSaver(store: directory.store, config: config.checkpoint)
    position = RunPosition(stepsPerEpoch: engine.stepsPerEpoch, epochs: config.training.epochs)
    record = RunRecord(metrics: config.training.metrics)
    try directory.checkRoom(
      for: 4 * Double(1 + config.training.optimizer.slots.count) * Double(network.parameters.parameterCount))
  }

  /// Trains to the end of the last epoch, or until somebody asks to stop; either way the last state is on disk when this returns.
  ///
  /// - Returns: how the run ended.
  /// - Throws: `TrainingError`, `WriteError`, or an observer's error.
  public func run() throws -> RunEnd {
    let watch = watchdog?.watch(engine.pool, engine.pulse)
    defer { watch?.cancel() }
    do {
      try start()
      while !position.isFinished {
        if let stopping = config.training.earlyStopping, endsEarly {
          return try end(.stoppedEarly(patience: stopping.patience))
        }
        if let signal = request.stopSignal { return try end(.stopped(signal: SignalWatcher.name(of: signal))) }
        if position.awaitsEvaluation {
          try finishEpoch()
        } else {
          try step()
        }
      }
      return try end(.finished)
    } catch {
      // The save that failed was an earlier one; perhaps there is room again for what was trained since.
      if error is WriteError, saver.lastPosition != position { try? save() }
      // What is on its way to the disk is still a good checkpoint; the first error is the one to report.
      _ = try? finishSaves()
      notifyEnd(.failed)
      throw error
    }
  }

  private func start() throws {
    stopwatch = Stopwatch()
    let start = RunStart(
      name: config.name, directory: directory.path, firstStep: position.step, totalSteps: position.totalSteps,
      stepsPerEpoch: position.stepsPerEpoch, epochs: position.epochs, samples: data.split.training.count,
      threads: engine.pool.workerCount, instructionSet: network.kernels.instructionSet.rawValue,
      parameters: network.parameters.parameterCount, awaitsEvaluation: position.awaitsEvaluation,
      bestLoss: record.best?.value)
    for observer in observers { try observer.runStarted(start) }
  }

  /// One minibatch: gradient, all-reduce, update.
  private func step() throws {
    let batch = try engine.step(at: position)
    rate = batch.rate
    position.step += 1
    if let cause = batch.result.nonFinite { reportSkipped(cause) }
    report(batch)
    if position.awaitsEvaluation, !batch.isSkipped { try showGradient() }
    try saveIfDue()
  }

  /// Steps whose update was left out.
  private var skippedSteps: Int { engine.model.step - engine.model.updates }

  private func reportSkipped(_ cause: NonFinite) {
    let report = SkippedStep(step: position.step, cause: cause.description, skippedSteps: skippedSteps)
    for observer in observers { observer.stepSkipped(report) }
  }

  private func report(_ batch: TrainedBatch) {
    let before = record.current.correct
    engine.add(batch, to: &record)
    stopwatch.samples += batch.samples
    let report = StepReport(
      step: position.step, epoch: batch.epoch + 1, stepInEpoch: (position.step - 1) % position.stepsPerEpoch + 1,
      loss: batch.result.loss,
      accuracy: batch.isSkipped ? .nan : Double(record.current.correct - before) / Double(batch.samples),
      epochLoss: record.current.meanLoss, epochAccuracy: record.current.accuracy, learningRate: rate,
      gradientNorm: batch.result.gradientNorm, samples: batch.samples, seconds: stopwatch.seconds,
      skippedSteps: skippedSteps, pauses: stopwatch.pauses)
    for observer in observers { observer.stepFinished(report) }
  }

  /// Shows the gradient of an epoch's last step to those who ask for it. The shards' parts lie where they were until the next step.
  private func showGradient() throws {
    let epoch = position.epochsFinished + 1
    let inspectors = observers.filter { $0.inspectionRequest(epoch: epoch).gradient }
    guard !inspectors.isEmpty else { return }
    let start = stopwatch.seconds
    defer { stopwatch.add(to: \.evaluation, since: start) }
    let gradient = try engine.gradientOfLastStep()
    withExtendedLifetime(gradient) {
      let inspection = GradientInspection(
        step: position.step, epoch: epoch, tensors: network.tensors(of: gradient.view))
      for observer in inspectors { observer.gradientInspected(inspection) }
    }
  }

  /// Whether early stopping ends the run here. Asked at every step, so what is asked first is cheap.
  private var endsEarly: Bool {
    guard let stopping = config.training.earlyStopping, position.epochsFinished > 0,
      position.step == position.epochsFinished * position.stepsPerEpoch
    else { return false }
    return stopping.endsRun(after: record.evaluationLosses)
  }

  /// Evaluates, takes the epoch into the record, and saves where that is due.
  private func finishEpoch() throws {
    let samplesPerSecond = stopwatch.samplesPerSecond
    let training = record.current
    guard training.samples > 0 else { throw TrainingError.everyStepSkipped(epoch: position.epochsFinished + 1) }
    let epoch = position.epochsFinished + 1
    let requests = observers.map { (observer: $0, request: $0.inspectionRequest(epoch: epoch)) }
    let inspectors = requests.filter { $0.request != .nothing }
    for observer in observers { observer.evaluationStarted(epoch: epoch) }
    let start = stopwatch.seconds
    let evaluation = try evaluate(mistakes: inspectors.map(\.request.mistakes).max() ?? 0)
    stopwatch.add(to: \.evaluation, since: start)
    position.epochsFinished = epoch
    let report = EpochReport(
      epoch: position.epochsFinished, step: position.step,
      training: MetricValues(training.values(config.training.metrics)),
      evaluatedOn: evaluatedOn.rawValue, evaluation: evaluation.metrics, samplesPerSecond: samplesPerSecond,
      seconds: stopwatch.seconds, skippedSteps: skippedSteps, pauses: stopwatch.pauses)
    record.finishEpoch(report)
    for observer in observers { observer.epochFinished(report) }
    if !inspectors.isEmpty {
      let start = stopwatch.seconds
      defer { stopwatch.add(to: \.evaluation, since: start) }
      let inspection = ModelInspection(
        step: position.step, epoch: position.epochsFinished, network: network,
        parameters: network.tensors(of: engine.model.parameters.view), mistakes: evaluation.mistakes,
        evaluated: evaluatedOn == .validation ? data.training : data.test)
      for (observer, _) in inspectors { observer.modelInspected(inspection) }
    }
    try saveIfDue()
    stopwatch.restartSamples()
  }

  /// Held-out samples where there are any, else the test set.
  private var evaluatedOn: EvaluatedOn { data.split.validation.count > 0 ? .validation : .test }

  private func evaluate(mistakes: Int) throws -> Evaluation {
    switch evaluatedOn {
    case .validation: try engine.evaluate(data.training, samples: data.split.validation, mistakes: mistakes)
    case .test:
      try engine.evaluate(
        data.test, samples: Sampler(dataset: data.test, order: .sequential, batchSize: 1).samples, mistakes: mistakes)
    }
  }

  private func end(_ reason: RunEnd.Reason) throws -> RunEnd {
    let start = stopwatch.seconds
    // What failed before does not matter any more, if this save does not.
    try attempt { announce(try finishSaves()) }
    if saver.lastPosition != position { try save() }
    announce(try finishSaves())
    stopwatch.add(to: \.saving, since: start)
    return notifyEnd(reason)
  }

  @discardableResult
  private func notifyEnd(_ reason: RunEnd.Reason) -> RunEnd {
    let end = RunEnd(
      reason: reason, step: position.step, checkpoint: saver.newestPath, seconds: stopwatch.seconds,
      skippedSteps: skippedSteps, pauses: stopwatch.pauses, best: bestEpoch)
    for observer in observers { observer.runEnded(end) }
    return end
  }

  /// From the record of the whole run, so that a resume knows what was before it.
  private var bestEpoch: BestEpoch? {
    guard let best = record.best, case let epoch = best.step / position.stepsPerEpoch,
      let evaluation = record.evaluation(epoch: epoch)
    else { return nil }
    return BestEpoch(
      epoch: epoch, evaluatedOn: evaluatedOn.rawValue, evaluation: evaluation, checkpoint: saver.path(step: best.step))
  }
}
