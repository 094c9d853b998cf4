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
