import Foundation
import Settings

/// The validator of Python's package `jsonschema`, which knows nothing of our decoder.
struct JSONSchemaValidator {
  /// Whether Python (`LOCKSTEP_PYTHON`, else `python3`) and the package are there.
  static let isAvailable = (try? run("import jsonschema; jsonschema.Draft202012Validator", input: "")) != nil

  /// Checks the schema itself, then says for each document whether it is valid.
  ///
  /// - Throws: where the schema is none, or Python fails.
  static func validity(of documents: [JSONValue], schema: JSONValue) throws -> [Bool] {
    let lines = ([schema] + documents).map(\.description).joined(separator: "\n")
    let script = """
      import json, sys
      from jsonschema import Draft202012Validator
      schema, *documents = [json.loads(line) for line in sys.stdin.buffer.read().split(b"\\n")]
      Draft202012Validator.check_schema(schema)
      validator = Draft202012Validator(schema)
      print("".join("01"[validator.is_valid(document)] for document in documents))
      """
    return try run(script, input: lines).filter { "01".contains($0) }.map { $0 == "1" }
  }

  private static func run(_ script: String, input: String) throws -> String {
    // Files rather than pipes: a pipe that nobody reads blocks once it is full.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (inputFile, outputFile) = (folder.appendingPathComponent("input"), folder.appendingPathComponent("output"))
    try Data(input.utf8).write(to: inputFile)
    try Data().write(to: outputFile)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"] ?? "python3", "-c", script]
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = process.standardOutput
    try process.run()
    process.waitUntilExit()
    let output = try String(decoding: Data(contentsOf: outputFile), as: UTF8.self)
    guard process.terminationStatus == 0 else { throw PythonFailure(output: output) }
    return output
  }
}

/// Python said no.
struct PythonFailure: Error {
  let output: String
}
