import Settings
import Testing

/// The JSON Schema says what the decoder accepts. That a real validator agrees with the decoder is tested on the whole config, in
/// TrainingTests.
@Suite struct JSONSchemaTests {
  @Test func everyTypeHasItsSchema() {
    let relu = ObjectSchema("relu", "max(x, 0).")
    let power = ObjectSchema("power", "Power.", fields: [Field("exponent", .integer(2...9), "Exponent.")])
    let schema = ObjectSchema(
      "all", "All types.",
      fields: [
        Field("flag", .boolean, default: true, "Flag."),
        Field("any", .integer(.min ... .max), "Any integer."),
        Field("some", .integer(1...9), default: 3, "Some integers."),
        Field("rate", .number(.from(0, below: 1)), default: .null, "Rate."),
        Field("positive", .number(.positive), "Positive."),
        Field("text", .string, "Text."),
        Field("file", .fileName, "File."),
        Field("name", .oneOf(["a", "b"]), "Name."),
        Field("pair", .either([.integer(1...9), .list(.integer(1...9), count: 2...2)]), "One or two."),
        Field("function", .variant([relu, power], tag: "kind"), default: "relu", "Function."),
        Field("object", .object(relu), default: [:], "Object."),
        Field("open", .list(.boolean, count: 0 ... .max), "Open list."),
      ])
    #expect(schema.jsonSchema(title: "Test", id: "https://example.org/test.json").prettyPrinted == Self.expected)
    #expect(schema.jsonSchema(title: "Test")["$id"] == nil)
  }

  private static let expected = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "https://example.org/test.json",
      "title": "Test",
      "description": "All types.",
      "type": "object",
      "properties": {
        "flag": { "description": "Flag.", "type": "boolean", "default": true },
        "any": {
          "description": "Any integer.",
          "type": "integer",
          "minimum": -9223372036854775808,
          "maximum": 9223372036854775807
        },
        "some": {
          "description": "Some integers.",
          "type": "integer",
          "minimum": 1,
          "maximum": 9,
          "default": 3
        },
        "rate": {
          "description": "Rate.",
          "anyOf": [
            { "type": "number", "minimum": 0.0, "exclusiveMaximum": 1.0 },
            { "type": "null" }
          ],
          "default": null
        },
        "positive": { "description": "Positive.", "type": "number", "exclusiveMinimum": 0.0 },
        "text": {
          "description": "Text.",
          "type": "string",
          "minLength": 1,
          "not": { "pattern": "[\\u0000-\\u001f\\u007f]" }
        },
        "file": {
          "description": "File.",
          "type": "string",
          "maxLength": 100,
          "pattern": "^[A-Za-z0-9_]",
          "not": { "pattern": "[^A-Za-z0-9._-]" }
        },
        "name": { "description": "Name.", "enum": ["a", "b"] },
        "pair": {
          "description": "One or two.",
          "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 9 },
            {
              "type": "array",
              "items": { "type": "integer", "minimum": 1, "maximum": 9 },
              "minItems": 2,
              "maxItems": 2
            }
          ]
        },
        "function": {
          "description": "Function.",
          "oneOf": [
            { "enum": ["relu"] },
            {
              "title": "relu",
              "description": "max(x, 0).",
              "type": "object",
              "properties": {
                "kind": { "const": "relu" }
              },
              "required": ["kind"],
              "additionalProperties": false
            },
            {
              "title": "power",
              "description": "Power.",
              "type": "object",
              "properties": {
                "kind": { "const": "power" },
                "exponent": {
                  "description": "Exponent.",
                  "type": "integer",
                  "minimum": 2,
                  "maximum": 9
                }
              },
              "required": ["kind", "exponent"],
              "additionalProperties": false
            }
          ],
          "default": "relu"
        },
        "object": {
          "description": "Object.",
          "type": "object",
          "properties": {},
          "additionalProperties": false,
          "default": {}
        },
        "open": {
          "description": "Open list.",
          "type": "array",
          "items": { "type": "boolean" }
        }
      },
      "required": ["any", "positive", "text", "file", "name", "pair", "open"],
      "additionalProperties": false
    }

    """#
}
