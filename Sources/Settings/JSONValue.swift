/// A JSON value without positions.
///
/// Literals make values: `["type": "dense", "units": 10]` is an object, `[3, 3]` an array.
public enum JSONValue: Sendable {
  /// null.
  case null
  /// true or false.
  case bool(Bool)
  /// A number that is written without fraction and exponent and fits.
  case integer(Int)
  /// Any other number; always finite when it comes from the parser.
  case number(Double)
  /// A text.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object; keys keep their order.
  case object([(key: String, value: JSONValue)])

  /// A number of single precision, as people write it: 0.3 and not 0.30000001192092896. Rounded to single precision it is the same.
  public static func single(_ value: Float) -> JSONValue {
    let written = Double("\(value)") ?? Double(value)
    return .number(Float(written) == value ? written : Double(value))
  }

  /// An object's keys with their values; none for what is no object.
  public var members: [(key: String, value: JSONValue)] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  /// This object with the keys of another one, which replace those of the same name; where both are objects, they are merged in turn.
  public func merging(_ other: JSONValue) -> JSONValue {
    guard case .object(var result) = self, case .object(let others) = other else { return other }
    for member in others {
      if let index = result.firstIndex(where: { $0.key == member.key }) {
        result[index].value = result[index].value.merging(member.value)
      } else {
        result.append(member)
      }
    }
    return .object(result)
  }

  /// The value of an object's key; nil where there is no such key or this is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
}

extension JSONValue: Equatable {
  /// Equal values with, for objects, equal keys in equal order. `3` and `3.0` differ.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }
}

extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Keys keep their order; unlike in a file, nobody checks that they differ.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { (key: $0.0, value: $0.1) })
  }
}
