import Settings

/// The kinds of layers that a config can name. To add one: a file in `Layers/` and a line here.
public struct LayerTable: Sendable {
  /// The layers of this library.
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

  /// All kinds, in the order of the documentation.
  public let types: [any Layer.Type]

  /// - Precondition: no two kinds have one name.
  public init(_ types: [any Layer.Type]) {
    precondition(Set(types.map { $0.schema.name }).count == types.count, "two kinds of layers have one name")
    self.types = types
  }

  /// This table with layers of your own behind.
  public func adding(_ types: any Layer.Type...) -> LayerTable { LayerTable(self.types + types) }

  /// What the config may say.
  public var schemas: [ObjectSchema] { types.map { $0.schema } }

  /// The layer that a config object describes.
  ///
  /// - Precondition: `settings` was validated against one of `schemas`.
  /// - Throws: `SettingsError` where its keys contradict each other.
  public func make(_ settings: Settings) throws(SettingsError) -> any Layer {
    guard let type = types.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no layer '\(settings.schema.name)'")
    }
    return try type.init(settings: settings)
  }
}
