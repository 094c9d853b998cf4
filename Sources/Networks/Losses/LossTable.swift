import Settings

/// The losses that a config can name. To add one: a file in `Losses/` and a line here.
public struct LossTable: Sendable {
  /// The losses of this library.
  public static let standard = LossTable([
    SoftmaxCrossEntropy.self,
    MeanSquaredError.self,
  ])

  /// All kinds, in the order of the documentation.
  public let types: [any Loss.Type]

  /// - Precondition: no two kinds have one name.
  public init(_ types: [any Loss.Type]) {
    precondition(Set(types.map { $0.schema.name }).count == types.count, "two losses have one name")
    self.types = types
  }

  /// This table with losses of your own behind.
  public func adding(_ types: any Loss.Type...) -> LossTable { LossTable(self.types + types) }

  /// What the config may say.
  public var schemas: [ObjectSchema] { types.map { $0.schema } }

  /// The loss that a config object describes.
  ///
  /// - Precondition: `settings` was validated against one of `schemas`.
  /// - Throws: `SettingsError` where its keys contradict each other.
  public func make(_ settings: Settings) throws(SettingsError) -> any Loss {
    guard let type = types.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no loss '\(settings.schema.name)'")
    }
    return try type.init(settings: settings)
  }
}
