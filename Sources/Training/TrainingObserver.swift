/// Somebody who watches a run: a progress bar, a log. All calls come from the training thread, in order.
public protocol TrainingObserver: AnyObject {
  /// Before the first step, when the run directory exists.
  ///
  /// - Throws: any error, for example a log that cannot be opened; the run ends before it began.
  func runStarted(_ start: RunStart) throws
  /// After every step. Part of the hot path: must not allocate unless it has something to show or write.
  func stepFinished(_ report: StepReport)
  /// After a step whose loss or gradient was not finite and whose update was therefore left out; `stepFinished` follows.
  func stepSkipped(_ report: SkippedStep)
  /// After the last step of an epoch, before its evaluation.
  ///
  /// - Parameter epoch: from 1.
  func evaluationStarted(epoch: Int)
  /// After the last step of an epoch and its evaluation.
  func epochFinished(_ report: EpochReport)
  /// What this observer wants to be shown at the end of an epoch, from 1. Looking takes time and memory, so most epochs go unseen.
  func inspectionRequest(epoch: Int) -> InspectionRequest
  /// After `stepFinished` of the epoch's last step, where the gradient was asked for and the step was not skipped.
  func gradientInspected(_ inspection: GradientInspection)
  /// After `epochFinished`, where anything was asked for.
  func modelInspected(_ inspection: ModelInspection)
  /// Before a checkpoint of the state after `step` is handed to the disk. Whatever was observed up to here must be durable before the
  /// checkpoint is, because a resume will not report it again.
  ///
  /// - Returns: what makes it so and may take its time: it is called on the saving queue, before the checkpoint is written.
  /// - Throws: any error, and so may what is returned; it is that of a failed save.
  func checkpointWillBeSaved(step: Int) throws -> (@Sendable () throws -> Void)?
  /// After a checkpoint has become durable.
  func checkpointSaved(_ report: CheckpointReport)
  /// After a save that failed, where the config lets the run go on.
  func saveFailed(_ failure: SaveFailure)
  /// After the last step, whatever ended the run.
  func runEnded(_ end: RunEnd)
}

extension TrainingObserver {
  /// Nothing to do.
  public func stepSkipped(_ report: SkippedStep) {}
  /// Nothing.
  public func inspectionRequest(epoch: Int) -> InspectionRequest { .nothing }
  /// Nothing to do.
  public func gradientInspected(_ inspection: GradientInspection) {}
  /// Nothing to do.
  public func modelInspected(_ inspection: ModelInspection) {}
  /// Nothing to do.
  public func evaluationStarted(epoch: Int) {}
  /// Nothing to do.
  public func checkpointWillBeSaved(step: Int) throws -> (@Sendable () throws -> Void)? { nil }
  /// Nothing to do.
  public func checkpointSaved(_ report: CheckpointReport) {}
  /// Nothing to do.
  public func saveFailed(_ failure: SaveFailure) {}
}

/// Seconds in which the training thread trained no step, since the run (or its resume) started.
public struct Pauses: Sendable, Equatable {
  /// Evaluations after epochs, and what observers look at then.
  public var evaluation: Double
  /// Copies for checkpoints, and waiting for the disk where it is slower than the run; the writing itself goes on beside the steps.
  public var saving: Double

  /// Creates a sum.
  public init(evaluation: Double = 0, saving: Double = 0) {
    self.evaluation = evaluation
    self.saving = saving
  }

  /// Both.
  public var total: Double { evaluation + saving }
}

/// What is known when a run starts.
public struct RunStart: Sendable {
  /// The config's `name`.
  public var name: String
  /// Where checkpoints and logs go.
  public var directory: String
  /// Steps already done: 0 for a fresh run.
  public var firstStep: Int
  /// Whether the last of them ended an epoch whose evaluation is still to come.
  public var awaitsEvaluation: Bool
  /// Steps of the whole run.
  public var totalSteps: Int
  /// Steps of one epoch.
  public var stepsPerEpoch: Int
  /// Epochs of the whole run.
  public var epochs: Int
  /// Training samples.
  public var samples: Int
  /// Worker threads.
  public var threads: Int
  /// Name of the instruction set.
  public var instructionSet: String
  /// Trainable parameters.
  public var parameters: Int
  /// The smallest loss of an evaluation so far; nil in a fresh run.
  public var bestLoss: Double?

  /// Creates a report.
  public init(
    name: String, directory: String, firstStep: Int, totalSteps: Int, stepsPerEpoch: Int, epochs: Int, samples: Int,
    threads: Int, instructionSet: String, parameters: Int, awaitsEvaluation: Bool = false, bestLoss: Double? = nil
  ) {
    self.name = name
    self.directory = directory
    self.firstStep = firstStep
    self.awaitsEvaluation = awaitsEvaluation
    self.totalSteps = totalSteps
    self.stepsPerEpoch = stepsPerEpoch
    self.epochs = epochs
    self.samples = samples
    self.threads = threads
    self.instructionSet = instructionSet
    self.parameters = parameters
    self.bestLoss = bestLoss
  }
}

/// A step whose update was left out.
public struct SkippedStep: Sendable {
  /// Steps done, counting this one.
  public var step: Int
  /// What was not finite: `the output of conv2d_1`.
  public var cause: String
  /// Steps skipped since the run began, counting this one.
  public var skippedSteps: Int

  /// Creates a report.
  public init(step: Int, cause: String, skippedSteps: Int) {
    self.step = step
    self.cause = cause
    self.skippedSteps = skippedSteps
  }
}

/// One step.
public struct StepReport: Sendable {
  /// Steps done, counting this one.
  public var step: Int
  /// Epoch of this step, from 1.
  public var epoch: Int
  /// Steps done in this epoch, counting this one.
  public var stepInEpoch: Int
  /// Mean loss of this step's minibatch.
  public var loss: Double
  /// Share of right predictions in this step's minibatch, before its update; not a number where the step was skipped.
  public var accuracy: Double
  /// Mean loss over the epoch so far.
  public var epochLoss: Double
  /// Accuracy over the epoch so far.
  public var epochAccuracy: Double
  /// Learning rate of this step's update.
  public var learningRate: Double
  /// Euclidean norm of the gradient before clipping. Without `clipNorm` it is computed on the steps that are logged
  /// (`logging.everySteps`) alone, and nil on the others.
  public var gradientNorm: Double?
  /// Samples in this step's minibatch.
  public var samples: Int
  /// Seconds since the run (or its resume) started.
  public var seconds: Double
  /// Steps whose update was left out since the run began.
  public var skippedSteps: Int
  /// How much of `seconds` was no training.
  public var pauses: Pauses

  /// Creates a report.
  public init(
    step: Int, epoch: Int, stepInEpoch: Int, loss: Double, accuracy: Double, epochLoss: Double, epochAccuracy: Double,
    learningRate: Double, gradientNorm: Double?, samples: Int, seconds: Double, skippedSteps: Int = 0,
    pauses: Pauses = Pauses()
  ) {
    self.step = step
    self.epoch = epoch
    self.stepInEpoch = stepInEpoch
    self.loss = loss
    self.accuracy = accuracy
    self.epochLoss = epochLoss
    self.epochAccuracy = epochAccuracy
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.samples = samples
    self.seconds = seconds
    self.skippedSteps = skippedSteps
    self.pauses = pauses
  }
}

/// Results over a set of samples: names as in the config's `metrics`, `loss` always first.
public struct MetricValues: Sendable, Equatable {
  /// Pairs of name (`loss`, `accuracy`, `top5Accuracy`) and value.
  public var values: [(name: String, value: Double)]

  /// Creates results.
  public init(_ values: [(name: String, value: Double)]) { self.values = values }

  /// The value of a metric.
  public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

  /// Equal names with equal values in equal order.
  public static func == (left: MetricValues, right: MetricValues) -> Bool {
    left.values.elementsEqual(right.values) { $0.name == $1.name && $0.value == $1.value }
  }
}

/// One epoch.
public struct EpochReport: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Steps done, counting this epoch's.
  public var step: Int
  /// Over this epoch's minibatches, each before its update.
  public var training: MetricValues
  /// Which samples were evaluated after the epoch: `validation` (held out) or `test`.
  public var evaluatedOn: String
  /// Over those samples.
  public var evaluation: MetricValues
  /// Training samples per second in this epoch, as far as this process ran it.
  public var samplesPerSecond: Double
  /// Seconds since the run (or its resume) started.
  public var seconds: Double
  /// Steps whose update was left out since the run began.
  public var skippedSteps: Int
  /// How much of `seconds` was no training.
  public var pauses: Pauses

  /// Creates a report.
  public init(
    epoch: Int, step: Int, training: MetricValues, evaluatedOn: String, evaluation: MetricValues,
    samplesPerSecond: Double, seconds: Double, skippedSteps: Int = 0, pauses: Pauses = Pauses()
  ) {
    self.epoch = epoch
    self.step = step
    self.training = training
    self.evaluatedOn = evaluatedOn
    self.evaluation = evaluation
    self.samplesPerSecond = samplesPerSecond
    self.seconds = seconds
    self.skippedSteps = skippedSteps
    self.pauses = pauses
  }
}

/// A checkpoint that is on disk.
public struct CheckpointReport: Sendable {
  /// Steps done in the state that was saved.
  public var step: Int
  /// The file.
  public var path: String
  /// Its size.
  public var bytes: Int
  /// Seconds that writing took, in the background.
  public var seconds: Double
  /// What did not go as it should although the checkpoint is in its place, a line each.
  public var warnings: [String]

  /// Creates a report.
  public init(step: Int, path: String, bytes: Int, seconds: Double, warnings: [String] = []) {
    self.step = step
    self.path = path
    self.bytes = bytes
    self.seconds = seconds
    self.warnings = warnings
  }
}

/// A save that failed without ending the run.
public struct SaveFailure: Sendable {
  /// Steps done when it was noticed.
  public var step: Int
  /// Why, in one line.
  public var reason: String

  /// Creates a report.
  public init(step: Int, reason: String) {
    self.step = step
    self.reason = reason
  }
}

/// The epoch after which the evaluation's loss was the smallest.
public struct BestEpoch: Sendable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Which samples were evaluated: `validation` (held out) or `test`.
  public var evaluatedOn: String
  /// Results over those samples.
  public var evaluation: MetricValues
  /// The checkpoint of its last step; nil where none was saved or kept.
  public var checkpoint: String?

  /// Creates a report.
  public init(epoch: Int, evaluatedOn: String, evaluation: MetricValues, checkpoint: String?) {
    self.epoch = epoch
    self.evaluatedOn = evaluatedOn
    self.evaluation = evaluation
    self.checkpoint = checkpoint
  }
}

/// Why and where a run ended.
public struct RunEnd: Sendable {
  /// What ended it.
  public enum Reason: Sendable, Equatable {
    /// All epochs are done.
    case finished
    /// The evaluation did not get better any more: `training.earlyStopping`.
    case stoppedEarly(patience: Int)
    /// A signal, by name, for example `SIGINT`, or `the program`; a checkpoint was saved.
    case stopped(signal: String)
    /// An error is on its way to the user.
    case failed
  }

  /// What ended it.
  public var reason: Reason
  /// Steps done.
  public var step: Int
  /// The newest checkpoint, if one was saved.
  public var checkpoint: String?
  /// Seconds since the run (or its resume) started.
  public var seconds: Double
  /// Steps whose update was left out since the run began.
  public var skippedSteps: Int
  /// How much of `seconds` was no training.
  public var pauses: Pauses
  /// The best epoch of the whole run; nil before the first evaluation.
  public var best: BestEpoch?

  /// Creates a report.
  public init(
    reason: Reason, step: Int, checkpoint: String?, seconds: Double, skippedSteps: Int = 0, pauses: Pauses = Pauses(),
    best: BestEpoch? = nil
  ) {
    self.skippedSteps = skippedSteps
    self.pauses = pauses
    self.best = best
    self.reason = reason
    self.step = step
    self.checkpoint = checkpoint
    self.seconds = seconds
  }
}
