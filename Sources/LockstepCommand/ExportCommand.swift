import ArgumentParser
import Foundation
import Interchange
import Reports
import Settings
import Training

/// `lockstep export CHECKPOINT --format onnx|keras`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a trained network for other programs: ONNX or Keras.",
    discussion: """
      Both take samples as the data set has them, FP32 of [batch, height, width, channels] with pixel values from 0 to 255: \
      how the network's inputs are made of them is in the file. An ONNX model gives probabilities, as 'predict' does, and \
      logits; a Keras model gives logits, and is compiled with the run's loss and optimizer, whose state goes with it, so \
      that model.fit goes on. docs/export.md says more. Equal checkpoints give equal bytes.

      Examples:
        lockstep export Checkpoints/mnist-cnn --format onnx
        lockstep export Checkpoints/mnist-cnn --output mnist.keras
      """)

  @Argument(
    help: ArgumentHelp(
      "A run directory (its newest good checkpoint is taken) or a checkpoint.", valueName: "run-or-checkpoint"),
    completion: .checkpoint)
  var checkpoint: String

  @Option(help: "The format, onnx or keras; by default what the output's name ends with.")
  var format: ExportFormat?

  @Option(
    help: ArgumentHelp(
      "Where the file goes; - is standard output. By default beside the checkpoint, with the run's name.",
      valueName: "file"),
    completion: .file(extensions: ExportFormat.allCases.map(\.fileExtension)))
  var output: String?

  @Flag(help: "Print one JSON object: path, format, bytes, checkpoint, step, input, outputs, classes, notes.")
  var json = false

  func validate() throws {
    let named = output.flatMap { ExportFormat(path: $0) }
    guard let chosen = format ?? named else {
      throw ValidationError(
        "\(output.map { "\($0) does not tell the format" } ?? "the format is missing"); add --format onnx or --format keras"
      )
    }
    if let named, named != chosen, let output {
      throw ValidationError("--format is \(chosen.rawValue), and \(output) is the name of a \(named.title) file")
    }
    if json, output == "-" { throw ValidationError("--json and the file cannot both go to standard output") }
  }

  func run() throws {
    try Outcome.report {
      guard let format = format ?? output.flatMap({ ExportFormat(path: $0) }) else { return }
      // Before work that would be for nothing, but a wrong checkpoint is the better message.
      let source = try CheckpointSource(checkpoint)
      let config = try RunConfig(text: source.checkpoint.run.config, source: source.path)
      let output = self.output ?? "\(source.directory.trimmingSuffix("/"))/\(config.name).\(format.fileExtension)"
      if output != "-" { try OutputPath.check(output) }
      let network = try TrainedNetwork(
        source.checkpoint, path: source.path, config: config,
        sampleShape: try config.model.input ?? config.sampleShape(context: .ofProcess))
      let exported = try network.exported(as: format)
      for note in exported.notes + notes(on: output, format) { Console.error("lockstep: \(note)") }
      if output == "-" {
        try Console.answer(exported.bytes)
        return
      }
      try OutputPath.write(exported.bytes, to: output)
      let summary = ExportSummary(
        exported, path: output, checkpoint: source.path, step: source.checkpoint.run.step, classes: network.classes)
      try Console.answer((json ? summary.json.prettyPrinted : summary.text).trimmingSuffix("\n"))
    }
  }
}

extension ExportCommand {
  /// What stands in the way of opening a file of this name.
  private func notes(on output: String, _ format: ExportFormat) -> [String] {
    guard format == .keras, ExportFormat(path: output) == nil, output != "-" else { return [] }
    return ["Keras opens a file whose name ends with .keras, and \(output) does not"]
  }
}

extension ExportFormat: ExpressibleByArgument {}

/// What is said of a network that was written for another program.
private struct ExportSummary {
  private let exported: ExportedNetwork
  private let path: String
  private let checkpoint: String
  private let step: Int
  private let classes: [String]

  init(_ exported: ExportedNetwork, path: String, checkpoint: String, step: Int, classes: [String]) {
    (self.exported, self.path, self.checkpoint) = (exported, path, checkpoint)
    (self.step, self.classes) = (step, classes)
  }

  /// The file, what goes in, what comes out, and how to open it.
  var text: String {
    let ports = exported.outputs.map { "\($0.name) \(Self.extents($0))" }.joined(separator: ", ")
    var list = FieldList()
    list.append("file", "\(path) (\(NumberText.bytes(exported.bytes.count)), \(exported.format.title))", wraps: false)
    list.append("from", "\(checkpoint), step \(step)", wraps: false)
    list.append("input", "\(exported.input.name) \(Self.extents(exported.input)), FP32: \(exported.inputMeaning)")
    list.append(exported.outputs.count == 1 ? "output" : "outputs", ports)
    list.append("open", opening, wraps: false)
    return list.text(width: Terminal.outputWidth)
  }

  var json: JSONValue {
    func port(_ port: ExportedNetwork.Port) -> JSONValue {
      [
        "name": .string(port.name), "type": "float32",
        "shape": .array([.null] + port.shape.dimensions.map { .integer($0) }),
      ]
    }
    return [
      "path": .string(path), "format": .string(exported.format.rawValue), "bytes": .integer(exported.bytes.count),
      "checkpoint": .string(checkpoint), "step": .integer(step), "input": port(exported.input),
      "outputs": .array(exported.outputs.map(port)), "classes": .array(classes.map { .string($0) }),
      "notes": .array(exported.notes.map { .string($0) }),
    ]
  }

  /// `[batch, 28, 28, 1]`.
  private static func extents(_ port: ExportedNetwork.Port) -> String {
    "[" + (["batch"] + port.shape.dimensions.map(String.init)).joined(separator: ", ") + "]"
  }

  /// A line of Python.
  private var opening: String {
    let name = JSONValue.string(path).description
    return switch exported.format {
    case .onnx: "onnxruntime.InferenceSession(\(name)).run(None, {\"\(exported.input.name)\": images})"
    case .keras: "keras.models.load_model(\(name)).predict(images)"
    }
  }
}
