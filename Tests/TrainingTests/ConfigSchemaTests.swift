import Settings
import Testing
import Training

/// The published JSON Schema and the decoder accept the same configs.
@Suite(.enabled(if: JSONSchemaValidator.isAvailable, "needs python3 with the package jsonschema"))
struct ConfigSchemaTests {
  static let vocabulary = ConfigVocabulary.standard

  @Test func validatorAcceptsTheConfigsAsWrittenAndAsResolved() throws {
    var documents: [JSONValue] = []
    for name in ConfigFilesTests.names {
      let path = Repository.path("Configs/\(name).json")
      documents.append(try JSONParser.parse(ConfigFile(path: path).bytes, file: path).value)
      documents.append(try RunConfig(file: path).resolved)
    }
    let validity = try JSONSchemaValidator.validity(of: documents, schema: Self.vocabulary.jsonSchema)
    #expect(validity == Array(repeating: true, count: documents.count))
  }

  @Test func validatorAndDecoderAgreeOnMutants() throws {
    var mutator = ConfigMutator(seed: 3)
    var documents: [JSONValue] = []
    for round in 0..<600 {
      let name = ConfigFilesTests.names[round % ConfigFilesTests.names.count]
      documents.append(mutator.mutated(try RunConfig(file: Repository.path("Configs/\(name).json")).resolved))
    }
    let decoded = documents.map { (try? Self.vocabulary.schema.decode($0)) != nil }
    let validity = try JSONSchemaValidator.validity(of: documents, schema: Self.vocabulary.jsonSchema)
    for index in documents.indices where decoded[index] != validity[index] {
      Issue.record("decoder \(decoded[index]), validator \(validity[index]): \(documents[index])")
    }
    // Were nearly all refused, or none, the comparison would say little.
    #expect((60...450).contains(decoded.count { $0 }))
  }
}

/// Changes one thing in a config: a value, or a key more, less or renamed.
struct ConfigMutator {
  private var random: RandomBits

  init(seed: UInt64) { random = RandomBits(state: seed) }

  private static let values: [JSONValue] = [
    .null, true, 0, 1, 2, 3.0, -1, 0.5, 2.5, 1e300, 65_537, "relu", "adam", "constant", "digits", "", "a b", "a\n",
    "../x",
    [], [3], [3, 3], [3, 0], ["accuracy"], [:], ["type": "flatten"], ["type": "dense", "units": 3],
    ["type": "topKAccuracy"],
  ]

  mutating func mutated(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(var elements) where !elements.isEmpty:
      let index = Int.random(in: 0..<elements.count, using: &random)
      elements[index] = mutated(elements[index])
      return .array(elements)
    case .object(var members) where !members.isEmpty:
      let index = Int.random(in: 0..<members.count, using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0: members.remove(at: index)
      case 1: members[index].key += "x"
      case 2: members[index].value = Self.values.randomElement(using: &random) ?? .null
      default: members[index].value = mutated(members[index].value)
      }
      return .object(members)
    default:
      return Self.values.randomElement(using: &random) ?? .null
    }
  }
}

/// A small generator with a seed (Steele, Lea and Flood 2014); the system's one has none.
struct RandomBits: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
