extension Settings {
  /// All keys with their values, defaults included, in the order of the schema; a variant's tag comes first. Decoding
  /// it with the same schema gives the same settings.
  public var resolved: JSONValue {
    let tagged: [(key: String, value: JSONValue)] = tag.map { [($0, .string(schema.name))] } ?? []
    return .object(tagged + values.map { (key: $0.name, value: $0.value.resolved) })
  }
}

extension Settings.Value {
  /// The value as JSON.
  fileprivate var resolved: JSONValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(\.resolved))
    case .object(let settings): settings.resolved
    }
  }
}
