import Protobuf
import Settings
import Tensors
import Training

/// A trained network as an ONNX model: IR version 8 and opset 17, which every onnxruntime since 1.12 reads.
///
/// It takes samples as the data set has them and gives `probabilities`, as `lockstep predict` does, and `logits`, the network's outputs
/// as they are. The bytes are written without a library of ONNX's: a dozen messages whose field numbers can never change.
struct ONNXModel {
  /// The version of the format, and that of the operators.
  static let (irVersion, opset) = (8, 17)
  /// Most bytes of a message of Protocol Buffers, and so of a model in one file.
  private static let largest = Int(Int32.max)

  private let network: TrainedNetwork
  private let translation: ONNXTranslation
  private let outputs: [ONNXGraph.Value]
  private let graph: ONNXGraph

  /// Translates a network.
  ///
  /// - Throws: `ExportError.tooLarge`.
  init(_ network: TrainedNetwork) throws(ExportError) {
    // Beside the weights there are names, some kilobytes of them.
    let bytes = 4 * network.parameterCount + 1 << 20
    guard bytes <= ONNXModel.largest else {
      throw .tooLarge(format: .onnx, bytes: bytes, limit: ONNXModel.largest)
    }
    self.network = network
    translation = ONNXTranslation(
      network,
      input: ONNXGraph.Value("input", network.input.dimensions, note: network.inputMeaning))
    var graph = translation.graph
    let dimensions = network.output.dimensions
    let logits = graph.nameLastOutput("logits")
    _ = graph.add("Softmax", "softmax", [logits], [("axis", .integer(-1))], gives: dimensions)
    let probabilities = graph.nameLastOutput("probabilities")
    outputs = [
      ONNXGraph.Value(probabilities, dimensions, note: "softmax of the logits, one for each class"),
      ONNXGraph.Value(logits, dimensions, note: "the network's outputs as they are"),
    ]
    self.graph = graph
  }

  /// The model's bytes, and what goes in and comes out.
  func exported() -> ExportedNetwork {
    ExportedNetwork(
      format: .onnx, bytes: Storage(bytes),
      input: ExportedNetwork.Port(name: graph.input.name, shape: network.input), inputMeaning: network.inputMeaning,
      outputs: outputs.map { ExportedNetwork.Port(name: $0.name, shape: network.output) }, notes: [])
  }

  /// A `ModelProto`.
  private var bytes: [UInt8] {
    let name = network.config.name
    var model = ProtobufWriter()
    model.integer(1, ONNXModel.irVersion)
    model.text(2, "lockstep")
    model.text(3, LockstepVersion.current)
    model.integer(5, network.run.step)
    model.text(6, "\(name): \(network.classes.count) classes, trained by Lockstep for \(network.run.step) steps")
    model.message(7) { graph.write(to: &$0, name: name, note: "\(name) at step \(network.run.step)", outputs: outputs) }
    model.message(8) { operators in
      operators.text(1, "")
      operators.integer(2, ONNXModel.opset)
    }
    for (key, value) in metadata {
      model.message(14) { entry in
        entry.text(1, key)
        entry.text(2, value)
      }
    }
    return model.bytes
  }

  /// What a program that has nothing but the file may ask about it.
  private var metadata: [(key: String, value: String)] {
    [
      ("name", network.config.name),
      ("classes", JSONValue.array(network.classes.map { .string($0) }).description),
      ("step", String(network.run.step)), ("epoch", String(network.run.epoch)), ("digest", network.digest),
      ("config", network.config.resolved.description),
    ]
  }
}
