extension ObjectSchema {
  /// A JSON Schema (draft 2020-12) that accepts what `decode` accepts: for editors, which complete and check configs
  /// with it, and for documentation.
  ///
  /// - Parameters:
  ///   - title: the document's title.
  ///   - id: its address (`$id`), if it has one.
  public func jsonSchema(title: String, id: String? = nil) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("$schema", "https://json-schema.org/draft/2020-12/schema")
    ]
    if let id { members.append(("$id", .string(id))) }
    members.append(("title", .string(title)))
    return .object(members + objectMembers(tag: nil))
  }

  /// `description`, `type`, `properties`, `required`, `additionalProperties`.
  fileprivate func objectMembers(tag: String?) -> [(key: String, value: JSONValue)] {
    var properties: [(key: String, value: JSONValue)] = fields.map { ($0.name, $0.jsonSchema) }
    var required = fields.filter { $0.defaultValue == nil }.map { JSONValue.string($0.name) }
    if let tag {
      properties.insert((tag, ["const": .string(name)]), at: 0)
      required.insert(.string(tag), at: 0)
    }
    var members: [(key: String, value: JSONValue)] = [
      ("description", .string(summary)), ("type", "object"), ("properties", .object(properties)),
    ]
    if !required.isEmpty { members.append(("required", .array(required))) }
    members.append(("additionalProperties", false))
    return members
  }
}

extension Field {
  /// What the key's value may be, with the summary and the default.
  fileprivate var jsonSchema: JSONValue {
    var members: [(key: String, value: JSONValue)] = [("description", .string(summary))]
    if defaultValue == .null {
      members.append(("anyOf", [.object(type.jsonSchemaMembers), ["type": "null"]]))
    } else {
      // A `description` of the type itself would be a second key of that name; the field's says more.
      members += type.jsonSchemaMembers.filter { $0.key != "description" }
    }
    if let defaultValue { members.append(("default", defaultValue)) }
    return .object(members)
  }
}

extension FieldType {
  fileprivate var jsonSchemaMembers: [(key: String, value: JSONValue)] {
    switch self {
    case .boolean:
      return [("type", "boolean")]
    case .integer(let range):
      return [
        ("type", "integer"), ("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound)),
      ]
    case .number(let range):
      var members: [(key: String, value: JSONValue)] = [("type", "number")]
      if let lower = range.lower {
        members.append((range.lowerIncluded ? "minimum" : "exclusiveMinimum", .number(lower)))
      }
      if let upper = range.upper {
        members.append((range.upperIncluded ? "maximum" : "exclusiveMaximum", .number(upper)))
      }
      return members
    case .string:
      return [("type", "string"), ("minLength", 1), ("not", ["pattern": "[\\u0000-\\u001f\\u007f]"])]
    case .fileName:
      return [
        ("type", "string"), ("maxLength", 100), ("pattern", "^[A-Za-z0-9_]"), ("not", ["pattern": "[^A-Za-z0-9._-]"]),
      ]
    case .oneOf(let names):
      return [("enum", .array(names.map { .string($0) }))]
    case .list(let element, let count):
      var members: [(key: String, value: JSONValue)] = [
        ("type", "array"), ("items", .object(element.jsonSchemaMembers)),
      ]
      if count.lowerBound > 0 { members.append(("minItems", .integer(count.lowerBound))) }
      if count.upperBound != .max { members.append(("maxItems", .integer(count.upperBound))) }
      return members
    case .object(let schema):
      return schema.objectMembers(tag: nil)
    case .variant(let schemas, let tag):
      // Names of variants without required keys may stand alone.
      let bare = schemas.filter { $0.fields.allSatisfy { $0.defaultValue != nil } }.map { JSONValue.string($0.name) }
      let objects = schemas.map { JSONValue.object([("title", .string($0.name))] + $0.objectMembers(tag: tag)) }
      return [("oneOf", .array((bare.isEmpty ? [] : [["enum": .array(bare)]]) + objects))]
    case .either(let types):
      return [("anyOf", .array(types.map { .object($0.jsonSchemaMembers) }))]
    }
  }
}
