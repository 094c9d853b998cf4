import Settings

/// The base rate throughout.
public struct ConstantSchedule: Schedule, Equatable {
  public let warmupEpochs: Double

  public static let schema = ObjectSchema("constant", "The base rate throughout.", fields: [Warmup.field])

  /// - Precondition: the value is in the range of `schema`.
  public init(warmupEpochs: Double = 0) {
    Warmup.require(warmupEpochs)
    self.warmupEpochs = warmupEpochs
  }

  public init(settings: Settings) throws(SettingsError) {
    self.init(warmupEpochs: settings.number("warmupEpochs"))
  }

  public var keys: JSONValue { ["warmupEpochs": .number(warmupEpochs)] }

  public func factor(at position: SchedulePosition) -> Double { 1 }
}
