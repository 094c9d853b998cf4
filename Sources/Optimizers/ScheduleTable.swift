import Settings

/// The learning rate schedules that a config can name.
///
/// Adding one to Lockstep is a new file in `Schedules/` plus one line in `standard`; a program that uses Lockstep as a library adds its
/// own with `adding`.
public struct ScheduleTable: Sendable {
  /// Every schedule of Lockstep.
  public static let standard = ScheduleTable([
    ConstantSchedule.self, StepSchedule.self, ExponentialSchedule.self, CosineSchedule.self, OneCycleSchedule.self,
  ])

  /// The kinds, in the order in which the documentation lists them.
  public let kinds: [any Schedule.Type]

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Schedule.Type]) {
    let names = kinds.map { $0.schema.name }
    precondition(Set(names).count == names.count, "two schedules have one name")
    self.kinds = kinds
  }

  /// These kinds and one more.
  public func adding(_ kind: any Schedule.Type) -> ScheduleTable { ScheduleTable(kinds + [kind]) }

  /// The type of a config key that takes any of these schedules.
  public var fieldType: FieldType { .variant(kinds.map { $0.schema }) }

  /// The schedule that validated settings describe.
  ///
  /// - Throws: `SettingsError` where its keys contradict each other.
  /// - Precondition: `settings` were validated against `fieldType`.
  public func make(_ settings: Settings) throws(SettingsError) -> any Schedule {
    guard let kind = kinds.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no schedule is called '\(settings.schema.name)'")
    }
    return try kind.init(settings: settings)
  }
}
