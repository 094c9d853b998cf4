import Tensors

/// An optimizer's state, in Keras's names and order.
public struct OptimizerState: Sendable, Equatable {
  /// Keras's name of the optimizer: `adam`, `adam_w`, `sgd`, `rm_sprop`.
  public var name: String
  /// Updates applied so far.
  public var iterations: Int
  /// Learning rate of the last update. Keras goes on with it; a run of ours computes its own from the schedule.
  public var learningRate: Float
  /// Slots, each with the shape of its parameter, parameter by parameter: for `adam` and `adam_w` first moment and second moment of
  /// parameter 0, then of parameter 1, and so on; for `rm_sprop` one velocity each; for `sgd` one momentum each, or none without
  /// momentum.
  public var variables: [TensorSnapshot]

  /// Creates a state.
  public init(name: String, iterations: Int, learningRate: Float, variables: [TensorSnapshot]) {
    self.name = name
    self.iterations = iterations
    self.learningRate = learningRate
    self.variables = variables
  }

  /// Equal names, numbers and bits.
  public static func == (left: OptimizerState, right: OptimizerState) -> Bool {
    left.name == right.name && left.iterations == right.iterations
      && left.learningRate.bitPattern == right.learningRate.bitPattern && left.variables == right.variables
  }

  /// Where Keras 3 keeps slot `index`: variables 0 and 1 are the iteration count and the learning rate.
  public static func path(ofVariable index: Int) -> String { "/optimizer/vars/\(index + 2)" }
}
