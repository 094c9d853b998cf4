import ArgumentParser
import Settings
import Training

extension CompletionKind {
  /// Configs, and the folders on the way to them.
  static let config = file(extensions: ["json"])
  /// Checkpoints and runs' directories.
  static let checkpoint = file(extensions: ["h5"])
  /// All that `inspect` takes.
  static let configOrCheckpoint = file(extensions: ["json", "h5"])
  /// Keys of a config with the values they can have, or their default. Asked for when somebody presses Tab, since the schema takes a
  /// moment to build.
  static let override = custom { _, _, _ in ConfigCompletions.words(of: ConfigVocabulary.standard.jsonSchema) }
}

/// What can stand after `--set`, from the JSON Schema of the config.
enum ConfigCompletions {
  /// Words like `training.batchSize=32` and `data.dataset=digits`, for all values that are neither lists nor objects.
  static func words(of schema: JSONValue) -> [String] {
    var seen: Set<String> = []
    return words(of: schema, path: "").filter { seen.insert($0).inserted }
  }

  private static func words(of schema: JSONValue, path: String) -> [String] {
    if case .object(let properties)? = schema["properties"] {
      return properties.filter { !$0.key.hasPrefix("$") }
        .flatMap { words(of: $0.value, path: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }
    for key in ["oneOf", "anyOf"] {
      if case .array(let forms)? = schema[key] { return forms.flatMap { words(of: $0, path: path) } }
    }
    if case .array(let values)? = schema["enum"] { return values.map { "\(path)=\(text($0))" } }
    if let value = schema["const"] { return ["\(path)=\(text(value))"] }
    switch schema["type"] {
    case .string("boolean"): return ["\(path)=true", "\(path)=false"]
    case .string("null"), .string("array"), nil: return []
    default: return ["\(path)=\(schema["default"].map(text) ?? "")"]
    }
  }

  private static func text(_ value: JSONValue) -> String {
    if case .string(let text) = value { text } else { value.description }
  }
}
