import Settings
import Tensors

/// Exponential decay, smooth from step to step: decay^(epochs gone by, with their fraction). Keras's `ExponentialDecay` with
/// `decay_steps` = one epoch.
public struct ExponentialSchedule: Schedule, Equatable {
  /// What one epoch multiplies the rate with.
  public let decay: Double
  public let warmupEpochs: Double

  public static let schema = ObjectSchema(
    "exponential", "Multiplies the rate by decay over every epoch, a little at every step.",
    fields: [
      Field("decay", .number(decayRange), "What one epoch multiplies the rate with."),
      Warmup.field,
    ])

  private static let decayRange = NumberRange.above(0, through: 1)

  /// - Precondition: all values are in the ranges of `schema`.
  public init(decay: Double, warmupEpochs: Double = 0) {
    precondition(ExponentialSchedule.decayRange.contains(decay), "decay is out of range")
    Warmup.require(warmupEpochs)
    self.decay = decay
    self.warmupEpochs = warmupEpochs
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(decay: settings.number("decay"), warmupEpochs: settings.number("warmupEpochs"))
  }

  public var keys: JSONValue { ["decay": .number(decay), "warmupEpochs": .number(warmupEpochs)] }

  /// Whole epochs by multiplication, so that they are exact where the powers of `decay` are; the fraction by exp(fraction · ln decay).
  public func factor(at position: SchedulePosition) -> Double {
    let (epochs, steps) = position.stepsDone.quotientAndRemainder(dividingBy: position.stepsPerEpoch)
    let whole = PortableMath.power(decay, epochs)
    guard steps > 0 else { return whole }
    return whole * PortableMath.exp(Double(steps) / Double(position.stepsPerEpoch) * PortableMath.log(decay))
  }
}
