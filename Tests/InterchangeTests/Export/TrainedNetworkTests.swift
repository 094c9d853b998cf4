import Checkpoints
import Foundation
import Interchange
import Protobuf
import Settings
import Testing
import Training

@Suite("Trained networks, written for other programs")
struct TrainedNetworkTests {
  @Test("Equal checkpoints give equal bytes", arguments: ExportFormat.allCases)
  func deterministic(format: ExportFormat) throws {
    let test = ExportCase.all[0]
    let bytes = try (0..<2).map { _ in
      try AnyCheckpoint(test.model, scale: test.scale, offset: test.offset).network().exported(as: format).bytes.array()
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test("The graph's operators, and its names", arguments: ExportCase.all)
  func graph(test: ExportCase) throws {
    let source = try AnyCheckpoint(test.model, scale: test.scale, offset: test.offset)
    let model = ONNXOutline(try source.network().exported(as: .onnx).bytes.array())
    #expect(model.nodes.map(\.type).joined(separator: " ") == test.operators)
    #expect(Set(model.nodes.map(\.name)).count == model.nodes.count)
    // Images are turned in front, and behind where nothing else will do.
    #expect(model.nodes.count { $0.type == "Transpose" } <= 2)
    #expect(model.outputs == ["probabilities", "logits"])
  }

  @Test("What a person sees in a viewer")
  func names() throws {
    let source = try AnyCheckpoint(
      """
      {"input": [8, 8, 1], "layers": [
        {"type": "conv2d", "filters": 2, "kernel": 3, "activation": "relu"}, {"type": "conv2d", "filters": 2, "kernel": 3},
        "maxPool2d", "flatten", {"type": "dropout", "rate": 0.5}, {"type": "dense", "units": 10}
      ]}
      """)
    let exported = try source.network().exported(as: .onnx)
    let model = ONNXOutline(exported.bytes.array())
    #expect(
      model.nodes.map(\.name) == [
        "rescaling/multiply", "channels_first", "conv2d", "conv2d/relu", "conv2d_1", "max_pooling2d", "flatten",
        "dense", "softmax",
      ])
    #expect(
      model.constants == [
        "rescaling/scale", "conv2d/kernel", "conv2d/bias", "conv2d_1/kernel", "conv2d_1/bias", "dense/kernel",
        "dense/bias",
      ])
    #expect(exported.input == .init(name: "input", shape: [8, 8, 1]))
    #expect(exported.outputs == [.init(name: "probabilities", shape: [10]), .init(name: "logits", shape: [10])])
    #expect(model.metadata["name"] == "any")
    #expect(model.metadata["classes"] == #"["0","1","2","3","4","5","6","7","8","9"]"#)
    #expect(model.metadata["step"] == "12" && model.metadata["epoch"] == "3")
    #expect(model.metadata["digest"]?.count == 64)
    let config = try RunConfig(text: #require(model.metadata["config"]))
    #expect(config.resolved == source.config.resolved)
  }

  // MARK: Parts of a program's own

  @Test("A layer that nobody knows is named")
  func unknownLayer() throws {
    let error = #expect(throws: ExportError.self) { try AnyCheckpoint.own("none").network() }
    #expect(error == .unknownLayer(name: "softmax", type: "own"))
    #expect(
      error?.description
        == "the layer softmax (own) has no counterpart in other programs; "
        + "where it is another name for a common layer, let its 'exported' say so")
  }

  @Test("A layer that is not what it says is named", arguments: ["flatten", "identity"])
  func contradiction(kind: String) throws {
    let error = #expect(throws: ExportError.self) { try AnyCheckpoint.own(kind).network() }
    #expect(
      error?.description
        == "the layer softmax (own) is not what its 'exported' says: it has parameters of the shapes [4 × 4], [4]")
  }

  @Test("A layer that is a common one under another name is exported, whatever it is called")
  func renamedLayer() throws {
    let network = try AnyCheckpoint.own("dense").network()
    let model = ONNXOutline(try network.exported(as: .onnx).bytes.array())
    #expect(model.nodes.map(\.name) == ["rescaling/multiply", "softmax", "dense", "softmax_"])
    #expect(try network.exported(as: .keras).notes.isEmpty)
  }

  @Test("Without loss or optimizer of Keras's there is a model, not compiled, and that is said")
  func notCompiled() throws {
    let training = #"{"epochs": 1, "optimizer": "ownRule", "loss": "ownLoss"}"#
    let network = try AnyCheckpoint.own("dense", training: training).network()
    #expect(
      try network.exported(as: .keras).notes == [
        "Keras has no loss ownLoss: the model is not compiled; to train it further, call model.compile",
        "Keras has no optimizer ownRule: the model is not compiled; to train it further, call model.compile",
      ])
    #expect(try network.exported(as: .onnx).notes.isEmpty)
  }

  @Test("A checkpoint of another network")
  func otherNetwork() throws {
    let (source, other) = (try AnyCheckpoint(ExportCase.all[1].model), try AnyCheckpoint(ExportCase.all[2].model))
    #expect(throws: TrainingError.self) {
      try TrainedNetwork(other.checkpoint, path: "x.weights.h5", config: source.config, sampleShape: [1])
    }
    // Three channels are rescaled, and the images have one.
    var wrong = source.checkpoint
    (wrong.run.inputScale, wrong.run.inputOffset) = ([1, 2, 3, 4, 5], [0, 0, 0, 0, 0])
    let error = #expect(throws: TrainingError.self) {
      try TrainedNetwork(wrong, path: "x.weights.h5", config: source.config, sampleShape: [1])
    }
    #expect(error == .damagedState(path: "x.weights.h5"))
  }

  @Test("A format is told by the ending of a name")
  func formats() {
    #expect(ExportFormat(path: "a/b.onnx") == .onnx && ExportFormat(path: "B.ONNX") == .onnx)
    #expect(ExportFormat(path: "b.keras") == .keras)
    for path in ["onnx", "b.onnx.gz", "b.weights.h5", "", "keras/"] { #expect(ExportFormat(path: path) == nil) }
  }
}

/// The names in an ONNX model.
private struct ONNXOutline {
  private(set) var nodes: [(type: String, name: String)] = []
  private(set) var constants: [String] = []
  private(set) var outputs: [String] = []
  private(set) var metadata: [String: String] = [:]

  init(_ model: [UInt8]) {
    func messages(_ field: UInt64, _ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
      ProtobufReader.values(of: field, in: bytes).compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
    }
    func text(_ field: UInt64, _ bytes: ArraySlice<UInt8>) -> String {
      messages(field, bytes).first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    guard let graph = messages(7, model[...]).first else { return }
    nodes = messages(1, graph).map { (text(4, $0), text(3, $0)) }
    constants = messages(5, graph).map { text(8, $0) }
    outputs = messages(12, graph).map { text(1, $0) }
    for entry in messages(14, model[...]) { metadata[text(1, entry)] = text(2, entry) }
  }
}
