import Settings
import Tensors

/// What `Adam` and `AdamW` have in common: the two running averages.
enum AdamMoments {
  static let slots = ["momentum", "velocity"]

  static let fields = [
    Hyperparameters.average("beta1", default: 0.9, "Share of the gradient's running average that each step keeps."),
    Hyperparameters.average(
      "beta2", default: 0.999, "Share of the squared gradient's running average that each step keeps."),
    Hyperparameters.epsilon(default: 1e-7),
  ]

  static func require(beta1: Double, beta2: Double, epsilon: Double) {
    Hyperparameters.require(beta1, in: Hyperparameters.averageRange, "beta1")
    Hyperparameters.require(beta2, in: Hyperparameters.averageRange, "beta2")
    Hyperparameters.require(epsilon, in: Hyperparameters.epsilonRange, "epsilon")
  }

  /// The averages start at 0 and are too small by 1 − βᵗ after t steps; the correction puts that right.
  ///
  /// It is computed from the β that FP32 holds, because those are what the kernel averages with: with them the first step's length is the
  /// rate to the last bit or two, with 0.999 itself it would be off by 7e-6.
  static func factors(step: Int, learningRate: Double, beta1: Double, beta2: Double) -> UpdateFactors {
    let bias1 = 1 - PortableMath.power(Double(Float(beta1)), step)
    let bias2 = 1 - PortableMath.power(Double(Float(beta2)), step)
    return UpdateFactors(step: step, learningRate: learningRate, correction: bias2.squareRoot() / bias1)
  }
}
