import Tensors

/// Everything needed to continue a run bit for bit: a value, taken at a step boundary.
public struct Checkpoint: Sendable, Equatable {
  /// Version of the file layout that is written. Readers accept every version up to this one.
  public static let formatVersion = 1

  /// Parameters in the order of the network: layer by layer, kernel before bias.
  public var parameters: [NamedTensor]
  /// The optimizer and its state.
  public var optimizer: OptimizerState
  /// Where the run stands.
  public var run: RunState

  /// Creates a checkpoint.
  public init(parameters: [NamedTensor], optimizer: OptimizerState, run: RunState) {
    self.parameters = parameters
    self.optimizer = optimizer
    self.run = run
  }
}

/// A tensor and its place in the file.
public struct NamedTensor: Sendable, Equatable {
  /// Absolute path of the dataset, for example `/layers/conv2d/vars/0`.
  public var path: String
  /// Its values.
  public var tensor: TensorSnapshot

  /// Creates a named tensor.
  public init(path: String, tensor: TensorSnapshot) {
    self.path = path
    self.tensor = tensor
  }
}
