import Settings
import Tensors

/// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, as in Keras 3).
///
///     p ← p − rate · weightDecay · p
///     then as `Adam`
///
/// The decay does not pass through the running averages, so parameters with large gradients decay as fast as others. It is scaled by the
/// learning rate, and so by the schedule, but not by Adam's bias correction.
public struct AdamW: Optimizer, Equatable {
  public static let kerasName = "adam_w"

  public let learningRate: Double
  /// Decoupled weight decay.
  public let weightDecay: Double
  /// Share of the running average of g that each step keeps.
  public let beta1: Double
  /// Share of the running average of g² that each step keeps.
  public let beta2: Double
  /// Keeps the denominator away from 0.
  public let epsilon: Double

  public static let schema = ObjectSchema(
    "adamW",
    "Adam with decoupled weight decay (Loshchilov and Hutter 2019): p ← p − rate · weightDecay · p, then as adam.",
    fields: [Hyperparameters.learningRate(default: 0.001), Hyperparameters.weightDecay(default: 0.004)]
      + AdamMoments.fields)

  /// - Precondition: all values are in the ranges of `schema`.
  public init(
    learningRate: Double = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) {
    Hyperparameters.require(learningRate, in: Hyperparameters.learningRateRange, "learningRate")
    Hyperparameters.require(weightDecay, in: Hyperparameters.weightDecayRange, "weightDecay")
    AdamMoments.require(beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(
      learningRate: settings.number("learningRate"), weightDecay: settings.number("weightDecay"),
      beta1: settings.number("beta1"), beta2: settings.number("beta2"), epsilon: settings.number("epsilon"))
  }

  public var keys: JSONValue {
    [
      "learningRate": .number(learningRate), "weightDecay": .number(weightDecay), "beta1": .number(beta1),
      "beta2": .number(beta2), "epsilon": .number(epsilon),
    ]
  }

  public var exported: ExportedOptimizer? {
    ExportedOptimizer(
      "AdamW",
      [
        "weight_decay": .number(weightDecay),
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
      rate: pass.factors.rate, correctedRate: pass.factors.correctedRate, decay: Float(weightDecay),
      beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon), gradient: pass.gradient,
      parameters: pass.parameters, momentum: pass.slots[0], velocity: pass.slots[1])
  }
}
