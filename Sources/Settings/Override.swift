/// One `--set path=value` of the command line: a value that replaces, or adds, one of the config file.
///
/// The path is written as in messages: `training.epochs=3`, `model.layers[0].filters=16`. The value is JSON; what is no
/// JSON is taken as a text, so that `training.optimizer=sgd` needs no quotes.
public struct Override: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    case key(String)
    case index(Int)
  }

  /// The argument, for example `training.epochs=3`.
  public let text: String
  let steps: [Step]
  let value: String

  private static let longestPath = 64

  /// Parses the argument.
  ///
  /// - Throws: `SettingsError` where it has no `=` or no proper path before it.
  public init(_ text: String) throws(SettingsError) {
    self.text = text
    let location = TextLocation(file: "--set \(text)", line: 0, column: 0)
    guard let equals = text.firstIndex(of: "=") else {
      throw SettingsError(
        location: location, path: "", message: "expected path=value, for example training.epochs=3")
    }
    guard let steps = Self.steps(text[..<equals]) else {
      throw SettingsError(
        location: location, path: "",
        message: "\(quoted(String(text[..<equals]))) is no path; write it as in model.layers[0].filters=16")
    }
    self.steps = steps
    value = String(text[text.index(after: equals)...])
  }

  /// Where messages say that the value came from.
  var location: TextLocation { TextLocation(file: "--set \(text)", line: 0, column: 0) }

  /// Keys joined by `.`, each followed by any number of `[index]`; nil for anything else.
  private static func steps(_ path: Substring) -> [Step]? {
    var steps: [Step] = []
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let key = pieces.first, !key.isEmpty else { return nil }
      steps.append(.key(String(key)))
      for piece in pieces.dropFirst() {
        guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0 else { return nil }
        steps.append(.index(index))
      }
    }
    return steps.count <= longestPath ? steps : nil
  }
}

extension ObjectSchema {
  /// Applies overrides to a document before it is decoded, in order.
  ///
  /// Objects that are missing along a path come into being, with their defaults. Keys that the schema does not have are
  /// left to `decode` to refuse.
  ///
  /// - Throws: `SettingsError` where a path leads through a value that is no object or array, or beyond an array's end.
  public func applying(_ overrides: [Override], to document: JSONNode) throws(SettingsError) -> JSONNode {
    var document = document
    for override in overrides {
      document = try override.applied(to: document, type: .object(self), steps: override.steps[...], path: "")
    }
    return document
  }
}

extension Override {
  /// The node with the value set.
  ///
  /// - Parameters:
  ///   - node: what is there; nil for a key that is missing and has no default.
  ///   - type: what the schema allows here; nil below a key that the schema does not have.
  ///   - steps: the rest of the path.
  ///   - path: the path so far.
  fileprivate func applied(
    to node: JSONNode?, type: FieldType?, steps: ArraySlice<Step>, path: String
  ) throws(SettingsError) -> JSONNode {
    switch steps.first {
    case nil:
      return try newValue(type: type, path: path)
    case .key(let key):
      var members = try members(of: node, type: type, key: key, path: path)
      let place = members.firstIndex { $0.key == key }
      let field = type?.field(key, of: members)
      let rest = steps.dropFirst()
      let current = place.map { members[$0].value } ?? (rest.isEmpty ? nil : defaultValue(field))
      let new = try applied(to: current, type: field?.type, steps: rest, path: join(path, key))
      let member = JSONNode.Member(key: key, location: location, value: new)
      if let place { members[place] = member } else { members.append(member) }
      return JSONNode(content: .object(members), location: node?.location ?? location)
    case .index(let index):
      guard let node, case .array(var elements) = node.content else {
        throw error("expected an array to set element \(index) of, found \(node?.kindAndValue ?? "nothing")", path)
      }
      guard elements.indices.contains(index) else {
        throw error("there is no element \(index); the array has \(elements.count)", path)
      }
      elements[index] = try applied(
        to: elements[index], type: type?.element, steps: steps.dropFirst(), path: "\(path)[\(index)]")
      return JSONNode(content: .array(elements), location: node.location)
    }
  }

  /// The members of the object that a key is set in.
  private func members(
    of node: JSONNode?, type: FieldType?, key: String, path: String
  ) throws(SettingsError) -> [JSONNode.Member] {
    switch node?.content {
    case nil: return []
    case .object(let members): return members
    case .string:
      // A bare name stands for the variant with all defaults; setting one of its keys makes an object of it.
      if let node, let tag = type?.tag { return [.init(key: tag, location: node.location, value: node)] }
    default: break
    }
    throw error("expected an object to set \(quoted(key)) of, found \(node?.kindAndValue ?? "nothing")", path)
  }

  private func defaultValue(_ field: Field?) -> JSONNode? {
    guard let value = field?.defaultValue, value != .null else { return nil }
    return JSONNode(value, location: location)
  }

  private func newValue(type: FieldType?, path: String) throws(SettingsError) -> JSONNode {
    let isQuoted = value.hasPrefix("\"")
    if type?.isText == true, !isQuoted, value != "null" { return JSONNode(.string(value), location: location) }
    do {
      return JSONNode(try JSONParser.parse(value, file: "").value, location: location)
    } catch {
      // What begins like JSON was meant as JSON.
      guard isQuoted || value.hasPrefix("{") || value.hasPrefix("[") else {
        return JSONNode(.string(value), location: location)
      }
      throw self.error("column \(error.location?.column ?? 1) of the value: \(error.message)", path)
    }
  }

  private func error(_ message: String, _ path: String) -> SettingsError {
    SettingsError(location: location, path: path, message: message)
  }
}

extension FieldType {
  /// The field behind a key of an object that has these members.
  fileprivate func field(_ key: String, of members: [JSONNode.Member]) -> Field? {
    switch self {
    case .object(let schema):
      return schema.fields.first { $0.name == key }
    case .variant(let schemas, let tag):
      let name = members.first { $0.key == tag }?.value.value
      return schemas.first { .string($0.name) == name }?.fields.first { $0.name == key }
    case .either(let types):
      return types.lazy.compactMap { $0.field(key, of: members) }.first
    default:
      return nil
    }
  }

  /// The type of an array's elements.
  fileprivate var element: FieldType? {
    switch self {
    case .list(let element, _): element
    case .either(let types): types.lazy.compactMap(\.element).first
    default: nil
    }
  }

  /// The key that names a variant.
  fileprivate var tag: String? {
    switch self {
    case .variant(_, let tag): tag
    case .either(let types): types.lazy.compactMap(\.tag).first
    default: nil
    }
  }

  /// Whether only texts are allowed.
  fileprivate var isText: Bool {
    switch self {
    case .string, .fileName, .oneOf: true
    default: false
    }
  }
}
