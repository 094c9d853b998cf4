import Foundation
import Testing

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]
/// Where MNIST is.
private let data = ProcessInfo.processInfo.environment["LOCKSTEP_DATA"]

/// `lockstep export` as its users run it.
@Suite("Networks for other programs")
struct ExportTests {
  /// A finished run in `runs/linear`.
  private static func prepare(_ config: String = SmallConfigs.linear) throws -> Command {
    var command = try Command()
    command.environment = ["LOCKSTEP_ISA": "portable"]
    try command.write(config, to: "c.json")
    let result = try command.run([
      "train", "c.json", "--run", "runs/linear", "--threads", "2", "--progress", "none",
    ])
    try #require(result.status == 0, "\(result.error)")
    return command
  }

  @Test("Beside the checkpoint, with the run's name", arguments: ["onnx", "keras"])
  func defaults(format: String) throws {
    let command = try Self.prepare()
    defer { command.remove() }
    let path = "runs/linear/linear.\(format)"
    let result = try command.run(["export", "runs/linear", "--format", format])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    // The columns are as wide as the longest name.
    let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    try #require(lines.count == 5, "\(result.output)")
    #expect(lines[0].hasPrefix("file \(path) ("))
    #expect(lines[1] == "from runs/linear/step-00000012.weights.h5, step 12")
    #expect(lines[2].hasSuffix(" [batch, 28, 28, 1], FP32: pixel values from 0 to 255, channels last"))
    #expect(lines[3].hasSuffix("logits [batch, 10]"))
    #expect(lines[4].hasPrefix("open ") && lines[4].contains("(\"\(path)\")"))
    let bytes = try command.bytes(of: path)

    // The same bytes again, from the checkpoint's file, told by the name's ending, over what is there.
    let again = try command.run([
      "export", "runs/linear/step-00000012.weights.h5", "--output", "a.\(format)", "--json",
    ])
    #expect(again.status == 0, "\(again.error)")
    #expect(try command.bytes(of: "a.\(format)") == bytes)
    #expect(try command.run(["export", "runs/linear/", "--format", format]).status == 0)
    #expect(try command.bytes(of: path) == bytes)
    let answer = try #require(JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
    #expect(answer["path"] as? String == "a.\(format)" && answer["format"] as? String == format)
    #expect(answer["bytes"] as? Int == bytes.count && answer["step"] as? Int == 12)
    #expect((answer["classes"] as? [String])?.count == 10 && (answer["notes"] as? [String])?.isEmpty == true)
    let outputs = try #require(answer["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["name"] as? String } == (format == "onnx" ? ["probabilities", "logits"] : ["logits"]))

    // It is no stranger in the run, and standard output takes it too.
    let verified = try command.run(["inspect", "runs/linear", "--verify"])
    #expect(verified.status == 0 && verified.output.contains("'lockstep export' makes it anew"))
    let piped = try command.output(
      ofShell: "\"$LOCKSTEP\" export runs/linear --format \(format) --output - >piped")
    #expect(piped.status == 0 && piped.error.isEmpty)
    #expect(try command.bytes(of: "piped") == bytes)
  }

  @Test("Mistakes on the command line")
  func usage() throws {
    let command = try Command()
    defer { command.remove() }
    let cases: [([String], String)] = [
      ([], "lockstep: the format is missing; add --format onnx or --format keras"),
      (["--output", "a.pb"], "lockstep: a.pb does not tell the format; add --format onnx or --format keras"),
      (["--output", "-"], "lockstep: - does not tell the format; add --format onnx or --format keras"),
      (
        ["--output", "a.keras", "--format", "onnx"],
        "lockstep: --format is onnx, and a.keras is the name of a Keras file"
      ),
      (
        ["--output", "-", "--format", "onnx", "--json"],
        "lockstep: --json and the file cannot both go to standard output"
      ),
      (["--format", "tflite"], "lockstep: The value 'tflite' is invalid for '--format <format>'."),
    ]
    for (arguments, message) in cases {
      let result = try command.run(["export", "run"] + arguments)
      #expect(result.status == 64 && result.error.hasPrefix(message), "\(arguments): \(result.error)")
    }
  }

  @Test("Checkpoints that are none")
  func badCheckpoints() throws {
    let command = try Self.prepare()
    defer { command.remove() }
    try command.write("", to: "empty/notes.txt")
    try command.write("no checkpoint", to: "text.weights.h5")
    try command.write(command.bytes(of: "runs/linear/step-00000012.weights.h5"), to: "damaged.weights.h5")
    try command.edit("damaged.weights.h5") { $0[3_000] ^= 1 }
    let cases: [(String, Int32, String)] = [
      ("nowhere", 66, "nowhere: no such file"), ("empty", 66, "empty holds no checkpoint"),
      ("text.weights.h5", 65, "text.weights.h5: "), ("damaged.weights.h5", 65, "damaged.weights.h5: damaged: "),
    ]
    for (path, status, message) in cases {
      let result = try command.run(["export", path, "--output", "a.onnx"])
      #expect(result.status == status && result.error.hasPrefix("lockstep: \(message)"), "\(path): \(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
      #expect(try !command.files(in: ".").contains("a.onnx"))
    }
    // In a run, a damaged newest checkpoint is passed over, and that is said.
    try command.edit("runs/linear/step-00000012.weights.h5") { $0[3_000] ^= 1 }
    let older = try command.run(["export", "runs/linear", "--format", "onnx"])
    #expect(older.status == 0 && older.output.contains("step-00000008.weights.h5, step 8\n"))
    #expect(older.error.hasPrefix("lockstep: passed over: runs/linear/step-00000012.weights.h5: damaged"))
  }

  @Test("Places that cannot be written, and what is no file")
  func badOutputs() throws {
    let command = try Self.prepare()
    defer { command.remove() }
    try command.write("", to: "folder/file")
    let cases: [(String, String)] = [
      ("folder", "cannot write folder: Is a directory"),
      ("nowhere/a.onnx", "cannot write nowhere/a.onnx: No such file or directory"),
      ("/dev/full", "cannot write /dev/full: No space left on device"),
    ]
    for (path, message) in cases {
      let result = try command.run(["export", "runs/linear", "--format", "onnx", "--output", path])
      #expect(result.status == 74 && result.error == "lockstep: \(message)\n", "\(path): \(result.error)")
    }
    #expect(try command.run(["export", "runs/linear", "--format", "onnx", "--output", "/dev/null"]).status == 0)
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
    #expect(type == .typeCharacterSpecial)
    let named = try command.run(["export", "runs/linear", "--format", "keras", "--output", "model"])
    #expect(named.status == 0)
    #expect(named.error == "lockstep: Keras opens a file whose name ends with .keras, and model does not\n")
  }

  @Test(
    "What the other programs predict is what 'predict' says, on MNIST's digits or drawn ones",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3, onnx and onnxruntime"))
  func predictions() throws {
    let config = SmallConfigs.awkward.replacing(#""name": "awkward""#, with: #""name": "linear""#)
    let command = try Self.prepare(config)
    defer { command.remove() }
    var images = "drawn/t10k-images-idx3-ubyte.gz"
    let mnist = (data ?? "") + "/mnist/t10k-images-idx3-ubyte.gz"
    if FileManager.default.fileExists(atPath: mnist) {
      images = mnist
    } else {
      print("drawn digits instead of MNIST's: LOCKSTEP_DATA names no folder that has them")
      #expect(try command.run(["data", "digits", "drawn", "--train", "10", "--test", "200"]).status == 0)
    }
    let count = 200
    let predicted = try command.run(["predict", "runs/linear", "\(images)[0-\(count - 1)]", "--json"])
    try #require(predicted.status == 0, "\(predicted.error)")
    try command.write(predicted.output, to: "predicted.json")
    let script = "'\(python ?? "")' '\(Repository.path("Tests/Interoperability/exported_models.py"))'"
    let samples = try command.output(
      ofShell: "\(script) samples predicted.json '\(images)' samples predictions")
    try #require(samples.status == 0, "\(samples.output)\(samples.error)")
    for format in ["onnx", "keras"] {
      try #require(try command.run(["export", "runs/linear", "--output", "model.\(format)"]).status == 0)
      let result = try command.output(
        ofShell: "\(script) \(format) model.\(format) --samples samples --predictions predictions")
      #expect([0, 77].contains(result.status), "\(format): \(result.output)\(result.error)")
      #expect(result.status == 77 || result.output.contains("\(count) samples"), "\(result.output)")
      if result.status == 77 { print(result.output) }
    }
  }
}
