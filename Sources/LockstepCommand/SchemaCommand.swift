import ArgumentParser
import Training

/// `lockstep schema`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of the config.",
    discussion: """
      Editors complete and check configs with it, and it says what every key means and its default.

      Example:
        lockstep schema > config.schema.json
      """)

  func run() throws {
    try Outcome.report { try Console.answer(ConfigVocabulary.standard.jsonSchema.prettyPrinted) }
  }
}
