import Settings

/// The layers that a config can name.
///
/// Adding one to Lockstep is a new file in `Layers/` plus one line in `standard`; a program that uses Lockstep as a
/// library adds its own with `adding`.
public struct LayerTable: Sendable {
  /// Every layer of Lockstep.
  public static let standard = LayerTable([
    Conv2D.self,
    MaxPool2D.self,
    AveragePool2D.self,
    GlobalAveragePool2D.self,
    Dense.self,
    Flatten.self,
    Dropout.self,
    Activation.self,
  ])

  /// The kinds, in the order in which the documentation lists them.
  public let kinds: [any Layer.Type]

  /// - Precondition: no two kinds have the same name.
  public init(_ kinds: [any Layer.Type]) {
    let names = kinds.map { $0.schema.name }
    precondition(Set(names).count == names.count, "two layers have one name")
    self.kinds = kinds
  }

  /// These kinds and one more.
  public func adding(_ kind: any Layer.Type) -> LayerTable { LayerTable(kinds + [kind]) }

  /// The type of a config key that takes any of these layers.
  public var fieldType: FieldType { .variant(kinds.map { $0.schema }) }

  /// The layer that validated settings describe.
  ///
  /// - Throws: `SettingsError` where its keys contradict each other.
  /// - Precondition: `settings` were validated against `fieldType`.
  public func make(_ settings: Settings) throws(SettingsError) -> any Layer {
    guard let kind = kinds.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no layer is called '\(settings.schema.name)'")
    }
    return try kind.init(settings: settings)
  }
}
