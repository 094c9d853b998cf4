import Foundation
import Interchange
import Networks
import Tensors
import Testing
import Training

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

/// onnxruntime and Keras open what was written, and predict what Lockstep predicts.
@Suite("Exported networks in the programs that they are for")
struct ExportedModelTests {
  @Test(
    "Probabilities within 1e-5, the same classes",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3, onnx and onnxruntime"),
    arguments: ExportCase.all, ExportFormat.allCases)
  func predictions(of test: ExportCase, as format: ExportFormat) throws {
    let scratch = try Scratch()
    let source = try AnyCheckpoint(test.model, scale: test.scale, offset: test.offset, gain: test.gain)
    let exported = try source.network().exported(as: format)
    #expect(exported.notes.isEmpty)
    let (images, probabilities) = try source.predictions(samples: 37)
    // Random weights do not answer every image alike, or the comparison would say little.
    #expect(Set(probabilities).count > probabilities.count / 2)
    let file = "any.\(format.fileExtension)"
    try scratch.write(exported.bytes, to: file)
    try scratch.write(images.map(Float.init), to: "samples")
    try scratch.write(probabilities, to: "predictions")
    let text = try Self.open(
      [format.rawValue, scratch[file], "--samples", scratch["samples"], "--predictions", scratch["predictions"]])
    guard let text else { return }
    let kind = format == .onnx ? "nodes " : "layers "
    let line = try #require(text.split(separator: "\n").last { $0.hasPrefix(kind) })
    let types = line.dropFirst(kind.count).split(separator: " ").map { $0.prefix { $0 != ":" } }
    #expect(types.joined(separator: " ") == (format == .onnx ? test.operators : test.layers))
  }

  @Test("Every layer and activation is in one of these networks")
  func everyKind() {
    let models = ExportCase.all.map(\.model).joined()
    for kind in LayerTable.standard.kinds { #expect(models.contains("\"\(kind.schema.name)\"")) }
    for function in ["relu", "leakyRelu", "gelu", "silu", "tanh", "sigmoid"] {
      #expect(models.contains("\"\(function)\""))
    }
  }

  private static let optimizers = [
    #""sgd""#, #"{"type": "sgd", "momentum": 0.9, "nesterov": true, "weightDecay": 0.01}"#, #""adam""#,
    #"{"type": "adamW", "weightDecay": 0.1, "beta1": 0.8}"#, #"{"type": "adamW", "weightDecay": 0}"#,
    #"{"type": "rmsProp", "rho": 0.8, "weightDecay": 0.01}"#,
  ]
  private static let losses = [
    #""softmaxCrossEntropy""#, #"{"type": "softmaxCrossEntropy", "labelSmoothing": 0.1}"#, #""meanSquaredError""#,
  ]

  @Test(
    "Keras has the optimizer with its state, and trains on",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3"),
    arguments: zip(optimizers, losses + losses))
  func compiled(optimizer: String, loss: String) throws {
    let scratch = try Scratch()
    let source = try AnyCheckpoint(
      ExportCase.all[1].model,
      training: """
        {"epochs": 1, "optimizer": \(optimizer), "loss": \(loss), "clipNorm": 0.5,
         "metrics": ["accuracy", {"type": "topKAccuracy", "k": 2}]}
        """)
    let (images, probabilities) = try source.predictions(samples: 20)
    try scratch.write(source.network().exported(as: .keras).bytes, to: "any.keras")
    try scratch.write(images.map(Float.init), to: "samples")
    try scratch.write(probabilities, to: "predictions")
    _ = try Self.open([
      "keras", scratch["any.keras"], "--samples", scratch["samples"], "--predictions", scratch["predictions"],
    ])
  }

  @Test(
    "A layer under another name, and no loss or optimizer that Keras has",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3, onnx and onnxruntime"),
    arguments: ExportFormat.allCases)
  func ownParts(format: ExportFormat) throws {
    let scratch = try Scratch()
    let source = try AnyCheckpoint.own("dense", training: #"{"epochs": 1, "optimizer": "ownRule", "loss": "ownLoss"}"#)
    let (images, probabilities) = try source.predictions(samples: 20)
    try scratch.write(source.network().exported(as: format).bytes, to: "own.\(format.fileExtension)")
    try scratch.write(images.map(Float.init), to: "samples")
    try scratch.write(probabilities, to: "predictions")
    _ = try Self.open(
      [
        format.rawValue, scratch["own.\(format.fileExtension)"], "--samples", scratch["samples"], "--predictions",
        scratch["predictions"],
      ] + (format == .keras ? ["--not-compiled"] : []))
  }

  /// What the script prints; nil where what it needs is not installed.
  static func open(_ arguments: [String]) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = [Repository.path("Tests/Interoperability/exported_models.py")] + arguments
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 77 {
      print(text)
      return nil
    }
    try #require(process.terminationStatus == 0, "\(text)")
    return text
  }
}

/// A folder that goes with its owner.
final class Scratch {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  subscript(name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ bytes: Storage<UInt8>, to name: String) throws {
    try bytes.withMutableBytes { Data($0) }.write(to: URL(fileURLWithPath: self[name]))
  }

  func write<Element>(_ values: [Element], to name: String) throws {
    try values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: self[name]))
  }
}
