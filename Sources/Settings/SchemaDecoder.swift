extension ObjectSchema {
  /// Validates an object and fills in the defaults.
  ///
  /// - Throws: `SettingsError` for the first problem in the order of the file; the other ones are its `further`.
  public func decode(_ node: JSONNode) throws(SettingsError) -> Settings {
    var decoder = SchemaDecoder()
    let settings = decoder.object(node, schema: self, path: "")
    guard var first = decoder.problems.first else {
      guard let settings else { preconditionFailure("schema '\(name)' was refused without a reason") }
      return settings
    }
    first.further = Array(decoder.problems.dropFirst())
    throw first
  }

  /// Validates an object that was made in code.
  ///
  /// - Throws: `SettingsError`, without a location.
  public func decode(_ value: JSONValue) throws(SettingsError) -> Settings { try decode(JSONNode(value)) }

  /// Validates a JSON text.
  ///
  /// - Throws: `SettingsError` where it is no JSON or not what the schema says.
  public func decode(json text: String, file: String = "<text>") throws(SettingsError) -> Settings {
    try decode(JSONParser.parse(text, file: file))
  }
}

extension Configurable {
  /// Makes a value in code from its keys, for example `try Dense(["units": 10])`; defaults are filled in.
  ///
  /// - Throws: `SettingsError`, without a location.
  public init(_ keys: JSONValue) throws(SettingsError) { try self.init(settings: Self.schema.decode(keys)) }
}

/// Turns nodes into validated values and collects what is wrong with them, in the order of the file.
struct SchemaDecoder {
  /// Problems that are worth reading at once.
  static let mostProblems = 20

  /// What was found so far.
  private(set) var problems: [SettingsError] = []

  private var isFull: Bool { problems.count >= Self.mostProblems }

  mutating func report(_ message: String, at location: TextLocation?, path: String) {
    if !isFull { problems.append(SettingsError(location: location, path: path, message: message)) }
  }

  // MARK: Objects

  /// The settings of an object; nil (and problems) where it is not as the schema says. The key `tag` was read already.
  mutating func object(_ node: JSONNode, schema: ObjectSchema, path: String, tag: String? = nil) -> Settings? {
    guard case .object(let members) = node.content else {
      report("expected an object, found \(node.kindAndValue)", at: node.location, path: path)
      return nil
    }
    let before = problems.count
    var found: [String: (value: Settings.Value, location: TextLocation?)] = [:]
    var seen: Set<String> = []
    for member in members where member.key != tag && !isFull {
      guard let field = schema.fields.first(where: { $0.name == member.key }) else {
        if let meant = unknown(member, schema: schema, path: path, tag: tag) { seen.insert(meant) }
        continue
      }
      seen.insert(field.name)
      if let value = value(member.value, field: field, path: join(path, field.name)) {
        found[field.name] = (value, member.value.location)
      }
    }
    for field in schema.fields where !seen.contains(field.name) {
      if let defaultValue = field.defaultValue {
        let place = JSONNode(defaultValue, location: node.location)
        found[field.name] = (value(ofDefault: place, field: field, schema: schema, path: path), nil)
      } else {
        let expected = field.type.expectation
        report("the key \"\(field.name)\" is missing; expected \(expected)", at: node.location, path: path)
      }
    }
    guard problems.count == before else { return nil }
    let values = schema.fields.compactMap { field in found[field.name].map { (field.name, $0.value, $0.location) } }
    return Settings(path: path, location: node.location, schema: schema, tag: tag, values: values)
  }

  /// Reports a key that the schema does not have; returns the one that was likely meant.
  private mutating func unknown(
    _ member: JSONNode.Member, schema: ObjectSchema, path: String, tag: String?
  ) -> String? {
    let names = (tag.map { [$0] } ?? []) + schema.fields.map(\.name)
    let nearest = NearestName.find(member.key, in: names)
    let hint =
      if let nearest { "did you mean \"\(nearest)\"?" } else if names.isEmpty { "there are no keys here" } else {
        "known keys: \(names.joined(separator: ", "))"
      }
    report("unknown key \(quoted(member.key)); \(hint)", at: member.location, path: path)
    return nearest
  }

  /// A default comes from the program itself: a wrong one is a mistake in the schema.
  private func value(
    ofDefault node: JSONNode, field: Field, schema: ObjectSchema, path: String
  ) -> Settings.Value {
    var decoder = SchemaDecoder()
    guard let value = decoder.value(node, field: field, path: join(path, field.name)) else {
      preconditionFailure("bad default in schema '\(schema.name)': \(decoder.problems.map(\.description))")
    }
    return value
  }

  private mutating func value(_ node: JSONNode, field: Field, path: String) -> Settings.Value? {
    if case .null = node.content, field.defaultValue == .null { return .null }
    return value(node, type: field.type, path: path)
  }

  // MARK: Variants

  /// The settings of a tagged object, or of a bare name.
  mutating func variant(_ node: JSONNode, schemas: [ObjectSchema], tag: String, path: String) -> Settings? {
    let names = schemas.map(\.name)
    switch node.content {
    case .string(let name):
      guard let schema = schemas.first(where: { $0.name == name }) else {
        report(FieldType.unknownName(name, kind: tag, known: names), at: node.location, path: path)
        return nil
      }
      return object(JSONNode(content: .object([]), location: node.location), schema: schema, path: path, tag: tag)
    case .object(let members):
      guard let member = members.first(where: { $0.key == tag }) else {
        return missingTag(tag, names: names, node: node, members: members, path: path)
      }
      guard case .string(let name) = member.value.content else {
        let message = "expected \(FieldType.oneOf(names).expectation), found \(member.value.kindAndValue)"
        report(message, at: member.value.location, path: join(path, tag))
        return nil
      }
      guard let schema = schemas.first(where: { $0.name == name }) else {
        let message = FieldType.unknownName(name, kind: tag, known: names)
        report(message, at: member.value.location, path: join(path, tag))
        return nil
      }
      return object(node, schema: schema, path: path, tag: tag)
    default:
      let expected = FieldType.variant(schemas, tag: tag).expectation
      report("expected \(expected), found \(node.kindAndValue)", at: node.location, path: path)
      return nil
    }
  }

  private mutating func missingTag(
    _ tag: String, names: [String], node: JSONNode, members: [JSONNode.Member], path: String
  ) -> Settings? {
    if let misspelt = members.first(where: { NearestName.find($0.key, in: [tag]) != nil }) {
      report("unknown key \(quoted(misspelt.key)); did you mean \"\(tag)\"?", at: misspelt.location, path: path)
    } else {
      let expected = FieldType.oneOf(names).expectation
      report("the key \"\(tag)\" is missing; expected \(expected)", at: node.location, path: path)
    }
    return nil
  }
}

/// `model.layers`; the root's path is empty.
func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
