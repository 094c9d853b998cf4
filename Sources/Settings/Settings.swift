/// A JSON object that was validated against its `ObjectSchema`: every key is known, present (given or by default) and
/// of its type.
///
/// The accessors therefore do not throw; asking for a key that the schema does not have, or as another type, is a
/// programmer error and traps with the key's name.
public struct Settings: Sendable {
  /// A validated value with the place it came from.
  enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([Value])
    case object(Settings)
  }

  /// JSON path of this object.
  public let path: String
  /// Where the object begins, or the object that lacks it where it was made from defaults; nil where no file is
  /// involved.
  public let location: TextLocation?
  /// The schema it was validated against; for a variant, the chosen one.
  public let schema: ObjectSchema
  /// For a variant, the key that names it.
  let tag: String?
  /// Values in the order of the schema's fields.
  let values: [(name: String, value: Value, location: TextLocation?)]

  init(
    path: String, location: TextLocation?, schema: ObjectSchema, tag: String?,
    values: [(name: String, value: Value, location: TextLocation?)]
  ) {
    self.path = path
    self.location = location
    self.schema = schema
    self.tag = tag
    self.values = values
  }

  /// Whether the key has a value other than null.
  public func has(_ name: String) -> Bool {
    if case .null = value(name) { false } else { true }
  }

  /// The value of a `boolean` key.
  public func bool(_ name: String) -> Bool {
    if case .bool(let value) = value(name) { return value }
    mismatch(name, "boolean")
  }

  /// The value of an `integer` key.
  public func integer(_ name: String) -> Int {
    if case .integer(let value) = value(name) { return value }
    mismatch(name, "integer")
  }

  /// The value of a `number` key.
  public func number(_ name: String) -> Double {
    switch value(name) {
    case .number(let value): return value
    case .integer(let value): return Double(value)
    default: mismatch(name, "number")
    }
  }

  /// The value of a `string` or `oneOf` key.
  public func string(_ name: String) -> String {
    if case .string(let value) = value(name) { return value }
    mismatch(name, "string")
  }

  /// The value of an `object` or `variant` key; for a variant, `schema.name` tells which.
  public func settings(_ name: String) -> Settings {
    if case .object(let value) = value(name) { return value }
    mismatch(name, "object")
  }

  /// The value of a `list` of objects or variants.
  public func settingsList(_ name: String) -> [Settings] {
    list(name).map { if case .object(let value) = $0 { value } else { mismatch(name, "list of objects") } }
  }

  /// The value of a `list` of integers.
  public func integers(_ name: String) -> [Int] {
    list(name).map { if case .integer(let value) = $0 { value } else { mismatch(name, "list of integers") } }
  }

  /// The value of a `list` of numbers.
  public func numbers(_ name: String) -> [Double] {
    list(name).map {
      switch $0 {
      case .number(let value): value
      case .integer(let value): Double(value)
      default: mismatch(name, "list of numbers")
      }
    }
  }

  /// The value of a key that takes one integer for both axes or a pair, as a pair.
  public func pair(_ name: String) -> (first: Int, second: Int) {
    if case .integer(let both) = value(name) { return (both, both) }
    let pair = integers(name)
    precondition(pair.count == 2, "key '\(name)' is no pair")
    return (pair[0], pair[1])
  }

  /// An error at this key: its line and column where it was written, else those of the object.
  public func error(_ name: String, _ message: String) -> SettingsError {
    let entry = values.first { $0.name == name }
    return SettingsError(
      location: entry?.location ?? location, path: path.isEmpty ? name : "\(path).\(name)", message: message)
  }

  /// An error at the object itself.
  public func error(_ message: String) -> SettingsError {
    SettingsError(location: location, path: path, message: message)
  }

  private func list(_ name: String) -> [Value] {
    if case .list(let value) = value(name) { return value }
    mismatch(name, "list")
  }

  private func value(_ name: String) -> Value {
    guard let entry = values.first(where: { $0.name == name }) else {
      preconditionFailure("schema '\(schema.name)' has no key '\(name)'")
    }
    return entry.value
  }

  private func mismatch(_ name: String, _ kind: String) -> Never {
    preconditionFailure("key '\(name)' of schema '\(schema.name)' is not a \(kind)")
  }
}
