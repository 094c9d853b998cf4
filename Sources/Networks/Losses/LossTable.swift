import Settings

/// The losses that a config can name.
///
/// Adding one to Lockstep is a new file in `Losses/` plus one line in `standard`; a program that uses Lockstep as a
/// library adds its own with `adding`.
public struct LossTable: Sendable {
  /// Every loss of Lockstep.
  public static let standard = LossTable([
    SoftmaxCrossEntropy.self,
    MeanSquaredError.self,
  ])

  /// The kinds, in the order in which the documentation lists them.
  public let kinds: [any Loss.Type]

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Loss.Type]) {
    let names = kinds.map { $0.schema.name }
    precondition(Set(names).count == names.count, "two losses have one name")
    self.kinds = kinds
  }

  /// These kinds and one more.
  public func adding(_ kind: any Loss.Type) -> LossTable { LossTable(kinds + [kind]) }

  /// The type of a config key that takes any of these losses.
  public var fieldType: FieldType { .variant(kinds.map { $0.schema }) }

  /// The loss that validated settings describe.
  ///
  /// - Throws: `SettingsError` where its keys contradict each other.
  /// - Precondition: `settings` were validated against `fieldType`.
  public func make(_ settings: Settings) throws(SettingsError) -> any Loss {
    guard let kind = kinds.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no loss is called '\(settings.schema.name)'")
    }
    return try kind.init(settings: settings)
  }
}
