/// A JSON value that knows where it, its elements and its keys were written.
public struct JSONNode: Sendable {
  /// One key of an object with its value.
  public struct Member: Sendable {
    /// The key.
    public var key: String
    /// Where the key begins.
    public var location: TextLocation?
    /// Its value.
    public var value: JSONNode

    /// Creates a member.
    public init(key: String, location: TextLocation?, value: JSONNode) {
      self.key = key
      self.location = location
      self.value = value
    }
  }

  /// The cases of `JSONValue` with nodes as parts.
  public enum Content: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONNode])
    case object([Member])
  }

  /// The value.
  public var content: Content
  /// Where it begins; nil for a value that was made in code.
  public var location: TextLocation?

  /// Creates a node.
  public init(content: Content, location: TextLocation?) {
    self.content = content
    self.location = location
  }

  /// Gives a value and all its parts one location.
  public init(_ value: JSONValue, location: TextLocation? = nil) {
    self.location = location
    content =
      switch value {
      case .null: .null
      case .bool(let value): .bool(value)
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .string(let value): .string(value)
      case .array(let elements): .array(elements.map { JSONNode($0, location: location) })
      case .object(let members):
        .object(
          members.map { Member(key: $0.key, location: location, value: JSONNode($0.value, location: location)) })
      }
  }

  /// The value without positions.
  public var value: JSONValue {
    switch content {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .string(let value): .string(value)
    case .array(let elements): .array(elements.map(\.value))
    case .object(let members): .object(members.map { (key: $0.key, value: $0.value.value) })
    }
  }
}
