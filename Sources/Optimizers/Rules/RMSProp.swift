import Settings
import Tensors

/// RMSprop: the gradient divided by the root of its running mean square (Tieleman and Hinton, Coursera lecture 6.5, 2012, as in Keras 3).
///
///     v ← rho · v + (1 − rho) · g²
///     p ← p − rate · g / √(v + ε)
///
/// where g is the gradient at p; weight decay comes first (see `Optimizer`). Note ε inside the root: PyTorch has it outside.
public struct RMSProp: Optimizer, Equatable {
  // Keras makes the name from its class RMSprop, capital by capital.
  public static let kerasName = "rm_sprop"

  public let learningRate: Double
  /// Share of the running average of g² that each step keeps.
  public let rho: Double
  /// Keeps the denominator away from 0; inside the root.
  public let epsilon: Double
  /// Decoupled weight decay.
  public let weightDecay: Double

  public static let schema = ObjectSchema(
    "rmsProp", "RMSprop (Tieleman and Hinton 2012): v ← rho · v + (1 − rho) · g², p ← p − rate · g / √(v + ε).",
    fields: [
      Hyperparameters.learningRate(default: 0.001),
      Hyperparameters.average(
        "rho", default: 0.9, "Share of the squared gradient's running average that each step keeps."),
      Hyperparameters.epsilon(default: 1e-7),
      Hyperparameters.weightDecay(default: 0),
    ])

  /// - Precondition: all values are in the ranges of `schema`.
  public init(
    learningRate: Double = 0.001, rho: Double = 0.9, epsilon: Double = 1e-7, weightDecay: Double = 0
  ) {
    Hyperparameters.require(learningRate, in: Hyperparameters.learningRateRange, "learningRate")
    Hyperparameters.require(rho, in: Hyperparameters.averageRange, "rho")
    Hyperparameters.require(epsilon, in: Hyperparameters.epsilonRange, "epsilon")
    Hyperparameters.require(weightDecay, in: Hyperparameters.weightDecayRange, "weightDecay")
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(
      learningRate: settings.number("learningRate"), rho: settings.number("rho"), epsilon: settings.number("epsilon"),
      weightDecay: settings.number("weightDecay"))
  }

  public var keys: JSONValue {
    [
      "learningRate": .number(learningRate), "rho": .number(rho), "epsilon": .number(epsilon),
      "weightDecay": .number(weightDecay),
    ]
  }

  public var exported: ExportedOptimizer? {
    ExportedOptimizer(
      "RMSprop",
      [
        "rho": .number(rho), "epsilon": .number(epsilon), "weight_decay": ExportedOptimizer.weightDecay(weightDecay),
      ])
  }

  /// The running average of g².
  public var slots: [String] { ["velocity"] }

  public func update(_ pass: UpdatePass) {
    pass.kernels.rmsProp(
      rate: pass.factors.rate, decay: Float(weightDecay), rho: Float(rho), epsilon: Float(epsilon),
      gradient: pass.gradient, parameters: pass.parameters, velocity: pass.slots[0])
  }
}
