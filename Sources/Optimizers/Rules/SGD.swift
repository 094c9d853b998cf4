import Settings
import Tensors

/// Stochastic gradient descent, plain or with momentum (Polyak 1964; in Nesterov's form: Sutskever et al. 2013).
///
///     plain      p ← p − rate · g
///     momentum   v ← momentum · v − rate · g
///                p ← p + v
///     Nesterov   v as above
///                p ← p + momentum · v − rate · g
///
/// where g is the gradient at p; weight decay comes first (see `Optimizer`). The form is that of Keras 3: the rate is inside v, so a
/// change of the rate does not change the speed already gained.
public struct SGD: Optimizer, Equatable {
  public static let kerasName = "sgd"

  public let learningRate: Double
  /// Share of the last movement that is kept.
  public let momentum: Double
  /// Whether the gradient's own step looks ahead along the velocity.
  public let nesterov: Bool
  /// Decoupled weight decay.
  public let weightDecay: Double

  public static let schema = ObjectSchema(
    "sgd",
    "Stochastic gradient descent: p ← p − rate · g; with momentum (Polyak 1964) v ← momentum · v − rate · g, p ← p + v.",
    fields: [
      Hyperparameters.learningRate(default: 0.01),
      Hyperparameters.average("momentum", default: 0, "Share of the last movement that is kept; 0 keeps no velocity."),
      Field(
        "nesterov", .boolean, default: .bool(false),
        "Nesterov's form, p ← p + momentum · v − rate · g (Sutskever et al. 2013); needs momentum above 0."),
      Hyperparameters.weightDecay(default: 0),
    ])

  /// - Precondition: all values are in the ranges of `schema`; Nesterov comes with momentum.
  public init(
    learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0
  ) {
    Hyperparameters.require(learningRate, in: Hyperparameters.learningRateRange, "learningRate")
    Hyperparameters.require(momentum, in: Hyperparameters.averageRange, "momentum")
    Hyperparameters.require(weightDecay, in: Hyperparameters.weightDecayRange, "weightDecay")
    precondition(!nesterov || SGD.hasVelocity(momentum), "Nesterov's form needs momentum")
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  /// - Throws: `SettingsError` where `nesterov` comes without momentum.
  public init(settings: Settings) throws(SettingsError) {
    let momentum = settings.number("momentum")
    if settings.bool("nesterov"), !SGD.hasVelocity(momentum) {
      throw settings.error("nesterov", "needs momentum above 0; set momentum (0.9 is usual) or leave nesterov out")
    }
    self.init(
      learningRate: settings.number("learningRate"), momentum: momentum, nesterov: settings.bool("nesterov"),
      weightDecay: settings.number("weightDecay"))
  }

  public var keys: JSONValue {
    [
      "learningRate": .number(learningRate), "momentum": .number(momentum), "nesterov": .bool(nesterov),
      "weightDecay": .number(weightDecay),
    ]
  }

  public var exported: ExportedOptimizer? {
    ExportedOptimizer(
      "SGD",
      [
        "momentum": .number(momentum), "nesterov": .bool(nesterov),
        "weight_decay": ExportedOptimizer.weightDecay(weightDecay),
      ])
  }

  /// `velocity` (Keras calls it momentum) where there is momentum, else none.
  public var slots: [String] { SGD.hasVelocity(momentum) ? ["momentum"] : [] }

  public func update(_ pass: UpdatePass) {
    pass.kernels.sgd(
      rate: pass.factors.rate, decay: Float(weightDecay), momentum: Float(momentum), nesterov: nesterov,
      gradient: pass.gradient, parameters: pass.parameters,
      velocity: SGD.hasVelocity(momentum) ? pass.slots[0] : nil)
  }

  /// Decided on the FP32 value, because that is what the kernel sees: a momentum that rounds to 0 is none.
  private static func hasVelocity(_ momentum: Double) -> Bool { Float(momentum) > 0 }
}
