import Checkpoints

/// What a run's newest checkpoint says beside its tensors, which may be larger than all else of many runs.
public struct NewestCheckpoint: Sendable {
  /// Its file.
  public let path: String
  /// Where the run stands.
  public let run: RunState
  /// Trainable parameters.
  public let parameterCount: Int

  /// Keeps what is small.
  init(_ checkpoint: Checkpoint, path: String) {
    self.path = path
    run = checkpoint.run
    parameterCount = checkpoint.parameters.reduce(0) { $0 + $1.tensor.shape.count }
  }
}
