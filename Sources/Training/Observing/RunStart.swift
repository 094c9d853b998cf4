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
