import Settings

/// One cycle: up from a fraction of the rate to the whole, then down to nearly nothing (Smith and Topin, "Super-convergence", 2018), each
/// along half a cosine wave, as PyTorch's `OneCycleLR` does by default. The peak is the optimizer's learning rate.
///
/// Of n steps i = 0 … n − 1 the first has `startFraction`, the peak is at i = riseFraction · n − 1, and the last has `finalFraction`.
/// Momentum is not cycled.
public struct OneCycleSchedule: Schedule, Equatable {
  /// Share of the steps in which the rate rises.
  public let riseFraction: Double
  /// Share of the peak rate at the first step.
  public let startFraction: Double
  /// Share of the peak rate at the last step.
  public let finalFraction: Double
  public let warmupEpochs: Double

  public static let schema = ObjectSchema(
    "oneCycle",
    "Up to the full rate and down again, once, along half cosine waves (Smith and Topin 2018, in PyTorch's form).",
    fields: [
      fractionField("riseFraction", default: 0.3, "Share of the steps in which the rate rises."),
      fractionField("startFraction", default: 0.04, "Share of the full rate at the first step."),
      fractionField("finalFraction", default: 0.000_004, "Share of the full rate at the last step."),
      Warmup.field,
    ])

  private static let fractionRange = NumberRange.from(0, through: 1)

  private static func fractionField(_ name: String, default value: Double, _ summary: String) -> Field {
    Field(name, .number(fractionRange), default: .number(value), summary)
  }

  /// - Precondition: all values are in the ranges of `schema`.
  public init(
    riseFraction: Double = 0.3, startFraction: Double = 0.04, finalFraction: Double = 0.000_004,
    warmupEpochs: Double = 0
  ) {
    for fraction in [riseFraction, startFraction, finalFraction] {
      precondition(OneCycleSchedule.fractionRange.contains(fraction), "a fraction is out of range")
    }
    Warmup.require(warmupEpochs)
    self.riseFraction = riseFraction
    self.startFraction = startFraction
    self.finalFraction = finalFraction
    self.warmupEpochs = warmupEpochs
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(
      riseFraction: settings.number("riseFraction"), startFraction: settings.number("startFraction"),
      finalFraction: settings.number("finalFraction"), warmupEpochs: settings.number("warmupEpochs"))
  }

  public var keys: JSONValue {
    [
      "riseFraction": .number(riseFraction), "startFraction": .number(startFraction),
      "finalFraction": .number(finalFraction), "warmupEpochs": .number(warmupEpochs),
    ]
  }

  public func factor(at position: SchedulePosition) -> Double {
    let step = Double(position.stepsDone)
    let last = Double(position.steps - 1)
    // With riseFraction · n <= 1 the peak is the first step: there is nothing to rise through.
    let peak = max(0, riseFraction * Double(position.steps) - 1)
    if step < peak { return HalfCosine.value(from: startFraction, to: 1, at: step / peak) }
    // At step == peak the peak holds, even where it is the last step too.
    return step == peak ? 1 : HalfCosine.value(from: 1, to: finalFraction, at: (step - peak) / (last - peak))
  }
}
