import Settings
import Testing

/// What a schema says is what a decoded object holds.
@Suite struct DecodingTests {
  @Test func defaultsFillWhatIsMissing() throws {
    let settings = try Samples.config.decode(json: Samples.small, file: "c.json")
    #expect(settings.string("name") == "run")
    #expect(settings.integer("seed") == 0)
    #expect(settings.settings("training").integer("batchSize") == 128)
    #expect(settings.settings("data").schema.name == "digits")
    #expect(settings.settings("training").settings("optimizer").number("beta1") == 0.9)
    #expect(!settings.settings("training").has("clipNorm"))
    #expect(settings.settingsList("layers").map(\.schema.name) == ["flatten", "dense"])
  }

  @Test(arguments: [Samples.sgd, Samples.adam, Samples.idx, Samples.digits, Samples.flatten])
  func documentedDefaultsAreTheDecodedOnes(schema: ObjectSchema) throws {
    let decoded = try schema.decode([:]).resolved
    let documented = schema.fields.map { (key: $0.name, value: $0.defaultValue ?? "none") }
    #expect(numbersAsDoubles(decoded) == numbersAsDoubles(.object(documented)))
  }

  @Test func accessorsReadEveryType() throws {
    let inner = ObjectSchema("inner", "Inner.", fields: [Field("x", .integer(0...9), "X.")])
    let schema = ObjectSchema(
      "all", "All types.",
      fields: [
        Field("flag", .boolean, "Flag."), Field("count", .integer(0...9), "Count."),
        Field("rate", .number(.any), "Rate."),
        Field("text", .string, "Text."), Field("file", .fileName, "File."), Field("name", .oneOf(["a", "b"]), "Name."),
        Field("object", .object(inner), "Object."), Field("variant", .variant([inner]), "Variant."),
        Field("objects", .list(.object(inner), count: 0...9), "Objects."),
        Field("integers", .list(.integer(0...9), count: 0...9), "Integers."),
        Field("numbers", .list(.number(.any), count: 0...9), "Numbers."),
        Field("none", .string, default: .null, "Nothing."),
      ])
    let settings = try schema.decode([
      "flag": true, "count": 3.0, "rate": 2, "text": " é ", "file": "a.b-c_1", "name": "b", "object": ["x": 1],
      "variant": ["type": "inner", "x": 2], "objects": [["x": 3], ["x": 4]], "integers": [5, 6e0], "numbers": [7, 0.5],
    ])
    #expect(settings.bool("flag"))
    #expect(settings.integer("count") == 3)
    #expect(settings.number("rate") == 2)
    #expect(settings.string("text") == " é ")
    #expect(settings.string("file") == "a.b-c_1")
    #expect(settings.string("name") == "b")
    #expect(settings.settings("object").integer("x") == 1)
    #expect(settings.settings("variant").integer("x") == 2)
    #expect(settings.settings("variant").path == "variant")
    #expect(settings.settingsList("objects").map { $0.integer("x") } == [3, 4])
    #expect(settings.settingsList("objects").map(\.path) == ["objects[0]", "objects[1]"])
    #expect(settings.integers("integers") == [5, 6])
    #expect(settings.numbers("numbers") == [7, 0.5])
    #expect(settings.has("flag") && !settings.has("none"))
  }

  @Test func oneNumberStandsForAPair() throws {
    #expect(try Samples.conv2d.decode(["filters": 1, "kernel": 5]).pair("kernel") == (5, 5))
    #expect(try Samples.conv2d.decode(["filters": 1, "kernel": [5, 7]]).pair("kernel") == (5, 7))
  }

  @Test func resolvedConfigHasAllKeysInTheOrderOfTheSchema() throws {
    let settings = try Samples.config.decode(
      json: """
        {
          "training": { "optimizer": "sgd", "epochs": 2.0, "clipNorm": 1 },
          "layers": ["flatten", { "kernel": [3, 5], "filters": 4, "type": "conv2d" }]
        }
        """)
    let resolved = """
      {
        "name": "run",
        "seed": 0,
        "data": { "dataset": "digits" },
        "layers": [
          { "type": "flatten" },
          { "type": "conv2d", "filters": 4, "kernel": [3, 5], "padding": "valid" }
        ],
        "training": {
          "epochs": 2,
          "batchSize": 128,
          "optimizer": { "type": "sgd", "learningRate": 0.01, "momentum": 0.0, "nesterov": false },
          "clipNorm": 1.0
        }
      }

      """
    #expect(settings.resolved.prettyPrinted == resolved)
    #expect(try Samples.config.decode(json: resolved).resolved == settings.resolved)
  }

  @Test func configurableTypesAreMadeFromKeys() throws {
    struct Line: Configurable {
      static let schema = ObjectSchema(
        "line", "From here to there.",
        fields: [Field("from", .integer(0...9), default: 1, "Start."), Field("to", .integer(0...9), "End.")])
      let from: Int
      let to: Int
      init(settings: Settings) throws(SettingsError) {
        from = settings.integer("from")
        to = settings.integer("to")
        if from > to { throw settings.error("to", "the end comes before the start") }
      }
      var keys: JSONValue { ["from": .integer(from), "to": .integer(to)] }
    }
    let line = try Line(["to": 3])
    #expect(line.from == 1 && line.to == 3)
    #expect(line.described() == ["type": "line", "from": 1, "to": 3])
    #expect(throws: SettingsError(location: nil, path: "to", message: "the end comes before the start")) {
      try Line(["to": 0])
    }
  }

  /// A default may be written `0` where numbers are meant; decoded it is `0.0`.
  private func numbersAsDoubles(_ value: JSONValue) -> JSONValue {
    switch value {
    case .integer(let integer): .number(Double(integer))
    case .array(let elements): .array(elements.map(numbersAsDoubles))
    case .object(let members): .object(members.map { ($0.key, numbersAsDoubles($0.value)) })
    default: value
    }
  }
}
