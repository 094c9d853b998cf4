import Settings
import Tensors

/// Cosine annealing without restarts (Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017).
///
///     factor = final + (1 − final) · ½ (1 + cos(π · i / n))
///
/// for the steps i = 0 … n − 1 of the schedule: 1 at first, on the way to `final`, which the step after the last would have. As Keras's
/// `CosineDecay` with `decay_steps` = n and PyTorch's `CosineAnnealingLR` with `T_max` = n.
public struct CosineSchedule: Schedule, Equatable {
  /// Share of the base rate at the end.
  public let finalFraction: Double
  public let warmupEpochs: Double

  public static let schema = ObjectSchema(
    "cosine", "Half a cosine wave from the full rate down to finalFraction of it (Loshchilov and Hutter 2017).",
    fields: [
      Field("finalFraction", .number(fractionRange), default: .integer(0), "Share of the base rate at the end."),
      Warmup.field,
    ])

  private static let fractionRange = NumberRange.from(0, through: 1)

  /// - Precondition: all values are in the ranges of `schema`.
  public init(finalFraction: Double = 0, warmupEpochs: Double = 0) {
    precondition(CosineSchedule.fractionRange.contains(finalFraction), "finalFraction is out of range")
    Warmup.require(warmupEpochs)
    self.finalFraction = finalFraction
    self.warmupEpochs = warmupEpochs
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(finalFraction: settings.number("finalFraction"), warmupEpochs: settings.number("warmupEpochs"))
  }

  public var keys: JSONValue { ["finalFraction": .number(finalFraction), "warmupEpochs": .number(warmupEpochs)] }

  public func factor(at position: SchedulePosition) -> Double {
    HalfCosine.value(from: 1, to: finalFraction, at: Double(position.stepsDone) / Double(position.steps))
  }
}

/// The way from one value to another along half a cosine wave.
enum HalfCosine {
  /// - Parameter progress: 0 at the start, 1 at the end; outside of it the ends hold.
  static func value(from start: Double, to end: Double, at progress: Double) -> Double {
    if progress <= 0 { return start }
    if progress >= 1 { return end }
    return end + (start - end) * 0.5 * (1 + PortableMath.cosTurn(progress / 2))
  }
}
