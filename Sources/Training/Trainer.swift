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
  public private(set) var position: RunPosition

  private let config: RunConfig
  private let data: PreparedData
  private let directory: RunDirectory
  private let engine: TrainingEngine
  private let saver: CheckpointSaver
  private let observers: [any TrainingObserver]
  private let request: StopRequest
  private let watchdog: Watchdog?

  /// Metrics of the current epoch, of the finished ones, and the best evaluation.
  private var record: RunRecord
  /// Learning rate of the last step.
  private var rate = 0.0
  private var stopwatch = Stopwatch()

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
    let curious = observers.filter { $0.inspectionRequest(epoch: epoch).gradient }
    guard !curious.isEmpty else { return }
    let start = stopwatch.seconds
    defer { stopwatch.add(to: \.evaluation, since: start) }
    let gradient = try engine.gradientOfLastStep()
    withExtendedLifetime(gradient) {
      let inspection = GradientInspection(
        step: position.step, epoch: epoch, tensors: network.tensors(of: gradient.view))
      for observer in curious { observer.gradientInspected(inspection) }
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
    let curious = requests.filter { $0.request != .nothing }
    for observer in observers { observer.evaluationStarted(epoch: epoch) }
    let start = stopwatch.seconds
    let evaluation = try evaluate(mistakes: curious.map(\.request.mistakes).max() ?? 0)
    stopwatch.add(to: \.evaluation, since: start)
    position.epochsFinished = epoch
    let report = EpochReport(
      epoch: position.epochsFinished, step: position.step,
      training: MetricValues(training.values(config.training.metrics)),
      evaluatedOn: evaluatedOn.rawValue, evaluation: evaluation.metrics, samplesPerSecond: samplesPerSecond,
      seconds: stopwatch.seconds, skippedSteps: skippedSteps, pauses: stopwatch.pauses)
    record.finishEpoch(report)
    for observer in observers { observer.epochFinished(report) }
    if !curious.isEmpty {
      let start = stopwatch.seconds
      defer { stopwatch.add(to: \.evaluation, since: start) }
      let inspection = ModelInspection(
        step: position.step, epoch: position.epochsFinished, input: network.input,
        parameters: network.tensors(of: engine.model.parameters.view), mistakes: evaluation.mistakes,
        evaluated: evaluatedOn == .validation ? data.training : data.test)
      for (observer, _) in curious { observer.modelInspected(inspection) }
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

// MARK: Saving and restoring

extension Trainer {
  private func saveIfDue() throws {
    // A save that falls on an epoch's last step waits for the evaluation, which belongs to it.
    guard !position.awaitsEvaluation else { return }
    try attempt { announce(try saver.takeReports()) }
    // Taken in any case: a save that is due as well answers the request.
    let isAskedFor = request.takeSaveRequest()
    guard saver.isDue(position) || isAskedFor else { return }
    let start = stopwatch.seconds
    defer { stopwatch.add(to: \.saving, since: start) }
    // The save before may have failed only now.
    if try !attempt({ try save() }), saver.lastPosition != position { try attempt { try save() } }
  }

  /// Does a part of a save. A failure is told, and the run goes on, where the config says so.
  ///
  /// - Returns: whether it succeeded.
  @discardableResult
  private func attempt(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return true
    } catch {
      // Not a failed write but a state that may not be saved, or a directory that is not ours any more.
      guard config.checkpoint.onFailure == .goOn, !(error is TrainingError) else { throw error }
      saver.forgetLast()
      let failure = SaveFailure(step: position.step, reason: "\(error)")
      for observer in observers { observer.saveFailed(failure) }
      return false
    }
  }

  private func save() throws {
    engine.pulse.enter(.save)
    defer { engine.pulse.enter(.none) }
    try directory.checkLock()
    // A resume takes the newest checkpoint; one that cannot go on may not become it.
    if let what = engine.model.nonFinite(network) {
      throw TrainingError.notFinite(what: what, step: position.step)
    }
    let preparations = try observers.compactMap { try $0.checkpointWillBeSaved(step: position.step) }
    try saver.save(snapshot(), position: position, after: preparations)
  }

  private func finishSaves() throws(WriteError) -> [CheckpointReport] {
    engine.pulse.enter(.save)
    defer { engine.pulse.enter(.none) }
    return try saver.finish()
  }

  private func announce(_ reports: [CheckpointReport]) {
    for report in reports {
      for observer in observers { observer.checkpointSaved(report) }
    }
  }

  /// A copy of everything that a resume needs.
  private func snapshot() -> Checkpoint {
    Checkpoint(
      parameters: engine.model.parameterSnapshot(network.parameters),
      optimizer: engine.model.optimizerSnapshot(network.parameters, optimizer: config.training.optimizer, rate: rate),
      run: record.runState(config: config, data: data, kernels: network.kernels, position: position))
  }

  /// Takes over parameters that were trained elsewhere, and saves them as the run's checkpoint of step 0. To be called instead of
  /// `run`; a resume then goes on from there, with a fresh optimizer.
  ///
  /// - Parameter path: where they come from, for messages.
  /// - Returns: the checkpoint's file.
  /// - Throws: `TrainingError.otherNetwork` with every disagreement, `WriteError`.
  public func begin(with parameters: [NamedTensor], from path: String) throws -> String? {
    let disagreements = Disagreement.between(
      expected: network.parameters.entries.map { ($0.datasetPath, $0.spec.shape) },
      found: parameters.map { ($0.path, $0.tensor.shape) })
    guard disagreements.isEmpty else {
      throw TrainingError.otherNetwork(path: path, disagreements: disagreements.map(\.description))
    }
    engine.model.restoreParameters(parameters, layout: network.parameters)
    try save()
    announce(try saver.finish())
    return saver.newestPath
  }

  /// Takes over a checkpoint's state: `run` goes on after its last step. To be called before `run`.
  ///
  /// - Parameters:
  ///   - checkpoint: from a run of the same config; only the number of epochs may differ.
  ///   - path: its file, for messages.
  ///   - acceptsOtherBits: whether another instruction set than the checkpoint's may go on.
  /// - Throws: `TrainingError`: another network or optimizer (with every disagreement), other data, a position that this run does not have.
  public func restore(_ checkpoint: Checkpoint, from path: String, acceptsOtherBits: Bool = false) throws(TrainingError)
  {
    let here = network.kernels.instructionSet.rawValue
    guard acceptsOtherBits || checkpoint.run.instructionSet == here else {
      throw .otherInstructionSet(checkpoint: checkpoint.run.instructionSet, here: here)
    }
    let optimizer = config.training.optimizer
    let disagreements = checkpoint.disagreements(
      with: network.parameters.entries.map { ($0.datasetPath, $0.spec.shape) },
      optimizer: (type(of: optimizer).kerasName, engine.model.slotShapes(network.parameters)))
    guard disagreements.isEmpty else {
      throw .otherNetwork(path: path, disagreements: disagreements.map(\.description))
    }
    guard checkpoint.run.dataFingerprint == data.training.fingerprint else {
      throw .otherData(
        expected: SHA256.hexadecimal(checkpoint.run.dataFingerprint),
        found: SHA256.hexadecimal(data.training.fingerprint))
    }
    guard checkpoint.run.step <= position.totalSteps, checkpoint.run.epoch <= position.epochs else {
      throw .beyondTheEnd(path: path, step: checkpoint.run.step, totalSteps: position.totalSteps)
    }
    guard let record = RunRecord(restoring: checkpoint.run, metrics: config.training.metrics),
      let position = position.restored(step: checkpoint.run.step, epochsFinished: checkpoint.run.epoch)
    else {
      throw .damagedState(path: path)
    }
    let samples = data.split.training.count
    if let contradiction = checkpoint.contradiction(position: position, config: config, samples: samples) {
      throw .contradiction(path: path, found: contradiction)
    }
    self.record = record
    self.position = position
    engine.model.restore(checkpoint, layout: network.parameters)
    rate = Double(checkpoint.optimizer.learningRate)
    saver.restored(position: position, path: path)
  }
}

/// Which samples are evaluated after each epoch.
public enum EvaluatedOn: String, Sendable {
  /// Training samples that were held out.
  case validation
  /// The test set.
  case test
}
