import Lockstep

/// Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023): steps of one length, in the direction that the sign says.
///
///     p ← p − rate · sign(beta1 · m + (1 − beta1) · g)
///     m ← beta2 · m + (1 − beta2) · g
struct Lion: Optimizer, Equatable {
  var learningRate = 0.0003
  var beta1 = 0.9
  var beta2 = 0.99

  static let kerasName = "lion"

  static let schema = ObjectSchema(
    "lion", "Steps of one length, in the direction of the sign of a running average (Chen et al. 2023).",
    fields: [
      Field("learningRate", .number(.above(0, through: 1)), default: 0.0003, "Length of a step."),
      Field("beta1", .number(.from(0, below: 1)), default: 0.9, "Share of the average in a step's direction."),
      Field("beta2", .number(.from(0, below: 1)), default: 0.99, "Share of the average that each step keeps."),
    ])

  init(learningRate: Double = 0.0003, beta1: Double = 0.9, beta2: Double = 0.99) {
    (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
  }

  init(settings: Settings) throws(SettingsError) {
    learningRate = settings.number("learningRate")
    beta1 = settings.number("beta1")
    beta2 = settings.number("beta2")
  }

  var keys: JSONValue {
    ["learningRate": .number(learningRate), "beta1": .number(beta1), "beta2": .number(beta2)]
  }

  var slots: [String] { ["momentum"] }

  /// One slice of the parameters: every element alike, so that it does not matter who updates which slice.
  func update(_ pass: UpdatePass) {
    let (rate, beta1, beta2) = (pass.factors.rate, Float(beta1), Float(beta2))
    let (g, p, m) = (pass.gradient, pass.parameters, pass.slots[0])
    for index in 0..<p.count {
      let direction = beta1 * m[index] + (1 - beta1) * g[index]
      if direction != 0 { p[index] -= direction > 0 ? rate : -rate }
      m[index] = beta2 * m[index] + (1 - beta2) * g[index]
    }
  }
}
