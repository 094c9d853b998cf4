/// One key of a JSON object: its name, meaning, type and default. The decoder, the JSON Schema and the documentation
/// all read this.
public struct Field: Sendable {
  /// The key, camelCase.
  public let name: String
  /// One sentence for the schema, with the unit where there is one.
  public let summary: String
  /// What values are allowed.
  public let type: FieldType
  /// The value taken where the key is missing; nil makes the key required, `.null` makes it optional without a value.
  public let defaultValue: JSONValue?

  /// Describes a key.
  public init(_ name: String, _ type: FieldType, default defaultValue: JSONValue? = nil, _ summary: String) {
    self.name = name
    self.summary = summary
    self.type = type
    self.defaultValue = defaultValue
  }
}

/// The values a key may have.
public indirect enum FieldType: Sendable {
  /// true or false.
  case boolean
  /// A whole number in a range.
  case integer(ClosedRange<Int>)
  /// A finite number within bounds.
  case number(NumberRange)
  /// Any text of at least one character and without control characters.
  case string
  /// A text that can name a file: 1 to 100 letters, digits, `.`, `_` and `-`, the first of them a letter, a digit or `_`.
  case fileName
  /// One of a few names.
  case oneOf([String])
  /// An array whose elements all have one type.
  case list(FieldType, count: ClosedRange<Int>)
  /// An object with fixed keys.
  case object(ObjectSchema)
  /// An object whose `tag` key chooses among schemas (by `ObjectSchema.name`). The bare name stands for that variant
  /// with all defaults: `"relu"` for `{ "type": "relu" }`.
  case variant([ObjectSchema], tag: String = "type")
  /// Any of several types, told apart by the JSON kind of the value (number, string, array, object), for example `3` or
  /// `[3, 5]`. Of two that take the same kind the first decides.
  case either([FieldType])
}

/// Bounds of a number, each inclusive or exclusive.
public struct NumberRange: Sendable, Equatable {
  /// Smallest value, or nil.
  public let lower: Double?
  /// Largest value, or nil.
  public let upper: Double?
  /// Whether `lower` itself is allowed.
  public let lowerIncluded: Bool
  /// Whether `upper` itself is allowed.
  public let upperIncluded: Bool

  /// Any finite number.
  public static let any = NumberRange(lower: nil, upper: nil, lowerIncluded: true, upperIncluded: true)
  /// Above 0.
  public static let positive = NumberRange(lower: 0, upper: nil, lowerIncluded: false, upperIncluded: true)
  /// 0 or more.
  public static let notNegative = NumberRange(lower: 0, upper: nil, lowerIncluded: true, upperIncluded: true)
  /// From `lower` up to, and without, `upper`.
  public static func from(_ lower: Double, below upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper, lowerIncluded: true, upperIncluded: false)
  }
  /// Above, and without, `lower` up to `upper`.
  public static func above(_ lower: Double, through upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper, lowerIncluded: false, upperIncluded: true)
  }
  /// From `lower` to `upper`, both allowed.
  public static func from(_ lower: Double, through upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper, lowerIncluded: true, upperIncluded: true)
  }

  /// Whether `value` lies within the bounds.
  public func contains(_ value: Double) -> Bool {
    if let lower, lowerIncluded ? value < lower : value <= lower { return false }
    if let upper, upperIncluded ? value > upper : value >= upper { return false }
    return value.isFinite
  }
}

/// The keys of a JSON object. For a variant, `name` is the value of its tag key.
public struct ObjectSchema: Sendable {
  /// Name of the variant, or of the object for messages.
  public let name: String
  /// What it is, one sentence; for layers and optimizers with equation and source.
  public let summary: String
  /// The keys, in the order in which they are written out. A variant's tag key is not listed.
  public let fields: [Field]

  /// Describes an object.
  public init(_ name: String, _ summary: String, fields: [Field] = []) {
    self.name = name
    self.summary = summary
    self.fields = fields
  }
}

/// Something that is made from a `type`-tagged JSON object: a layer, an optimizer, a schedule, a data set, a loss.
///
/// The schema is the one description of its keys; `init(settings:)` reads them after they were validated against it, and `keys`
/// writes them, so that a run that was put together in code can say in its checkpoints what it is.
public protocol Configurable: Sendable {
  /// Name (the `type` in the config), meaning and keys.
  static var schema: ObjectSchema { get }
  /// - Throws: `SettingsError` where keys that are valid one by one contradict each other.
  init(settings: Settings) throws(SettingsError)
  /// The object that `init(_:)` makes this value of again, for example `["units": 10]`. Keys that have their defaults may be missing,
  /// and a value without keys is `[:]`.
  var keys: JSONValue { get }
}

extension Configurable {
  /// The value as a config writes it: its keys, after the one that names its kind.
  public func described(tag: String = "type") -> JSONValue {
    guard case .object(let members) = keys else { preconditionFailure("\(Self.self).keys is no object") }
    return .object([(key: tag, value: .string(Self.schema.name))] + members)
  }
}
