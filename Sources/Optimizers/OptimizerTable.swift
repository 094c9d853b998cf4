import Settings

/// The optimizers that a config can name.
///
/// Adding one to Lockstep is a new file in `Rules/` plus one line in `standard`; a program that uses Lockstep as a library adds its own
/// with `adding`.
public struct OptimizerTable: Sendable {
  /// Every optimizer of Lockstep.
  public static let standard = OptimizerTable([SGD.self, Adam.self, AdamW.self, RMSProp.self])

  /// The kinds, in the order in which the documentation lists them.
  public let kinds: [any Optimizer.Type]

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Optimizer.Type]) {
    let names = kinds.map { $0.schema.name }
    precondition(Set(names).count == names.count, "two optimizers have one name")
    self.kinds = kinds
  }

  /// These kinds and one more.
  public func adding(_ kind: any Optimizer.Type) -> OptimizerTable { OptimizerTable(kinds + [kind]) }

  /// The type of a config key that takes any of these optimizers.
  public var fieldType: FieldType { .variant(kinds.map { $0.schema }) }

  /// The optimizer that validated settings describe.
  ///
  /// - Throws: `SettingsError` where its keys contradict each other.
  /// - Precondition: `settings` were validated against `fieldType`.
  public func make(_ settings: Settings) throws(SettingsError) -> any Optimizer {
    guard let kind = kinds.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no optimizer is called '\(settings.schema.name)'")
    }
    return try kind.init(settings: settings)
  }
}
