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
