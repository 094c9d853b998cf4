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
