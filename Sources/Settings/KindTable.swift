/// The kinds of one thing that a config can name: of layers, losses, metrics, optimizers or schedules.
///
/// `Kind` is the protocol that they share, for example `any Layer`. Each table's own file lists Lockstep's kinds in `standard`, one a line,
/// and offers `init` and `adding` for that protocol's types alone; a program that uses Lockstep as a library adds its own kinds.
public struct KindTable<Kind>: Sendable {
  /// The kinds, in the order in which the documentation lists them.
  public let kinds: [any Configurable.Type]

  /// - Precondition: all kinds conform to `Kind`, and no two have the same name.
  package init(conforming kinds: [any Configurable.Type]) {
    let names = kinds.map { $0.schema.name }
    precondition(Set(names).count == names.count, "two kinds of \(Kind.self) have one name")
    self.kinds = kinds
  }

  /// The type of a config key that takes any of these kinds.
  public var fieldType: FieldType { .variant(kinds.map { $0.schema }) }

  /// These kinds and one more, unless it is one of them.
  ///
  /// - Parameter path: where a config has the thing, for the message.
  /// - Throws: `SettingsError` where another kind has its name.
  package func including(_ kind: any Configurable.Type, at path: String) throws(SettingsError) -> KindTable {
    if kinds.contains(where: { ObjectIdentifier($0) == ObjectIdentifier(kind) }) { return self }
    guard let other = kinds.first(where: { $0.schema.name == kind.schema.name }) else {
      return KindTable(conforming: kinds + [kind])
    }
    throw SettingsError(
      location: nil, path: path,
      message: "\(kind) calls itself \(quoted(kind.schema.name)) in a config, and so does \(other); "
        + "give its schema another name")
  }

  /// What validated settings describe.
  ///
  /// - Throws: `SettingsError` where its keys contradict each other.
  /// - Precondition: `settings` were validated against `fieldType`.
  public func make(_ settings: Settings) throws(SettingsError) -> Kind {
    guard let kind = kinds.first(where: { $0.schema.name == settings.schema.name }) else {
      preconditionFailure("no \(Kind.self) is called '\(settings.schema.name)'")
    }
    guard let made = try kind.init(settings: settings) as? Kind else {
      preconditionFailure("\(kind) is no \(Kind.self)")
    }
    return made
  }
}
