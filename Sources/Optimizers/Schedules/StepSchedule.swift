import Settings
import Tensors

/// Stairs: factorᵏ, k being the number of times that `everyEpochs` epochs have gone by.
public struct StepSchedule: Schedule, Equatable {
  /// Length of a stair in epochs.
  public let everyEpochs: Int
  /// What each stair multiplies the rate with.
  public let factor: Double
  public let warmupEpochs: Double

  public static let schema = ObjectSchema(
    "step", "Multiplies the rate by factor after every everyEpochs epochs.",
    fields: [
      Field("everyEpochs", .integer(everyEpochsRange), "Epochs between two multiplications."),
      Field("factor", .number(factorRange), default: .number(0.1), "What each of them multiplies the rate with."),
      Warmup.field,
    ])

  private static let everyEpochsRange = 1...1_000_000
  private static let factorRange = NumberRange.above(0, through: 1)

  /// - Precondition: all values are in the ranges of `schema`.
  public init(everyEpochs: Int, factor: Double = 0.1, warmupEpochs: Double = 0) {
    precondition(StepSchedule.everyEpochsRange.contains(everyEpochs), "everyEpochs is out of range")
    precondition(StepSchedule.factorRange.contains(factor), "factor is out of range")
    Warmup.require(warmupEpochs)
    self.everyEpochs = everyEpochs
    self.factor = factor
    self.warmupEpochs = warmupEpochs
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(
      everyEpochs: settings.integer("everyEpochs"), factor: settings.number("factor"),
      warmupEpochs: settings.number("warmupEpochs"))
  }

  public var keys: JSONValue {
    ["everyEpochs": .integer(everyEpochs), "factor": .number(factor), "warmupEpochs": .number(warmupEpochs)]
  }

  public func factor(at position: SchedulePosition) -> Double {
    PortableMath.power(factor, position.stepsDone / position.stepsPerEpoch / everyEpochs)
  }
}
