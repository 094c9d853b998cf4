import Settings
import Tensors

/// Adam: steps scaled by running averages of the gradient and its square (Kingma and Ba, "Adam: a method for stochastic optimization",
/// 2015, in the form at the end of its section 2, as in Keras 3).
///
///     m ← m + (g − m)(1 − β₁)
///     v ← v + (g² − v)(1 − β₂)
///     p ← p − rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
///
/// where g is the gradient at p and t the number of this step, from 1. In this form ε is the paper's ε̂: it is not corrected for bias.
public struct Adam: Optimizer, Equatable {
  public static let kerasName = "adam"

  public let learningRate: Double
  /// Share of the running average of g that each step keeps.
  public let beta1: Double
  /// Share of the running average of g² that each step keeps.
  public let beta2: Double
  /// Keeps the denominator away from 0.
  public let epsilon: Double

  public static let schema = ObjectSchema(
    "adam",
    "Adam (Kingma and Ba 2015): p ← p − rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), "
      + "m and v being running averages of the gradient and its square.",
    fields: [Hyperparameters.learningRate(default: 0.001)] + AdamMoments.fields)

  /// - Precondition: all values are in the ranges of `schema`.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7
  ) {
    Hyperparameters.require(learningRate, in: Hyperparameters.learningRateRange, "learningRate")
    AdamMoments.require(beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(
      learningRate: settings.number("learningRate"), beta1: settings.number("beta1"), beta2: settings.number("beta2"),
      epsilon: settings.number("epsilon"))
  }

  public var keys: JSONValue {
    [
      "learningRate": .number(learningRate), "beta1": .number(beta1), "beta2": .number(beta2),
      "epsilon": .number(epsilon),
    ]
  }

  public var exported: ExportedOptimizer? {
    ExportedOptimizer(
      "Adam",
      [
        "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon),
      ])
  }

  /// m and v.
  public var slots: [String] { AdamMoments.slots }

  public func factors(step: Int, learningRate: Double) -> UpdateFactors {
    AdamMoments.factors(step: step, learningRate: learningRate, beta1: beta1, beta2: beta2)
  }

  public func update(_ pass: UpdatePass) {
    pass.kernels.adam(
      rate: pass.factors.rate, correctedRate: pass.factors.correctedRate, decay: 0, beta1: Float(beta1),
      beta2: Float(beta2), epsilon: Float(epsilon), gradient: pass.gradient, parameters: pass.parameters,
      momentum: pass.slots[0], velocity: pass.slots[1])
  }
}
