import Settings

/// The schedules that a config can name.
///
/// Adding one to Lockstep is a new file in `Schedules/` plus one line in `standard`; a program that uses Lockstep as a library adds its
/// own with `adding`.
public typealias ScheduleTable = KindTable<any Schedule>

extension ScheduleTable {
  /// Every one of Lockstep's schedules.
  public static var standard: ScheduleTable {
    ScheduleTable([
      ConstantSchedule.self,
      StepSchedule.self,
      ExponentialSchedule.self,
      CosineSchedule.self,
      OneCycleSchedule.self,
    ])
  }

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Schedule.Type]) { self.init(conforming: kinds) }

  /// These kinds and one more.
  public func adding(_ kind: any Schedule.Type) -> ScheduleTable { ScheduleTable(conforming: kinds + [kind]) }
}
