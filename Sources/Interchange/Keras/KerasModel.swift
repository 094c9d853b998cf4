import Checkpoints
import Networks
import Settings
import Tensors
import Training

/// A trained network as a `.keras` file of Keras 3: a ZIP archive of a description, a configuration and the weights.
///
/// `keras.models.load_model` makes a `Sequential` of it that takes samples as the data set has them and gives logits, compiled with the
/// run's loss and optimizer, whose state goes with it, so that `model.fit` goes on where the run was.
struct KerasModel {
  /// The version of Keras whose files these are like.
  static let kerasVersion = "3.15.1"

  private let network: TrainedNetwork
  private let layers: [KerasLayer]
  private let compilation: KerasCompilation
  private let archive: ZipArchive

  /// Puts the archive together.
  ///
  /// - Throws: `ExportError.tooLarge`, `HDF5Error`.
  init(_ network: TrainedNetwork) throws {
    self.network = network
    layers = KerasLayer.all(of: network)
    compilation = KerasCompilation(network)
    let slots = network.optimizer.variables.reduce(0) { $0 + $1.shape.count }
    // Beside the numbers there are names, some kilobytes of them. Asked before memory is taken.
    let bytes = 4 * (network.parameterCount + (compilation.config == nil ? 0 : slots)) + 1 << 20
    guard bytes <= ZipArchive.largest else {
      throw ExportError.tooLarge(format: .keras, bytes: bytes, limit: ZipArchive.largest)
    }
    var archive = ZipArchive()
    archive.add("metadata.json", KerasModel.metadata(of: network).description)
    archive.add("config.json", KerasModel.config(of: network, layers: layers, compilation: compilation).description)
    archive.add(
      "model.weights.h5",
      try KerasWeightsFile.bytes(layers, optimizer: compilation.config == nil ? nil : network.optimizer))
    self.archive = archive
  }

  /// The file's bytes, and what goes in and comes out.
  func exported() -> ExportedNetwork {
    ExportedNetwork(
      format: .keras, bytes: archive.bytes(),
      input: ExportedNetwork.Port(name: KerasLayer.inputName, shape: network.input), inputMeaning: network.inputMeaning,
      outputs: [ExportedNetwork.Port(name: "logits", shape: network.output)], notes: compilation.notes)
  }

  private static func metadata(of network: TrainedNetwork) -> JSONValue {
    [
      "keras_version": .string(kerasVersion),
      // Equal networks make equal files, whenever they are written.
      "date_saved": "1980-01-01@00:00:00",
      "lockstep": [
        "version": .string(LockstepVersion.current), "name": .string(network.config.name),
        "classes": .array(network.classes.map { .string($0) }), "step": .integer(network.run.step),
        "epoch": .integer(network.run.epoch), "digest": .string(network.digest), "config": network.config.resolved,
      ],
    ]
  }

  private static func config(
    of network: TrainedNetwork, layers: [KerasLayer], compilation: KerasCompilation
  ) -> JSONValue {
    let model: JSONValue = [
      "name": .string(network.config.name), "trainable": true, "dtype": "float32",
      "layers": .array(layers.map(\.config)), "build_input_shape": KerasLayer.batch(of: network.input),
    ]
    return [
      "module": "keras", "class_name": "Sequential", "config": model, "registered_name": .null,
      "build_config": ["input_shape": KerasLayer.batch(of: network.input)],
      "compile_config": compilation.config ?? .null,
    ]
  }
}

/// An object of Keras's as its configurations describe one.
func kerasObject(_ module: String, _ kerasClass: String, _ config: JSONValue) -> JSONValue {
  [
    "module": .string(module), "class_name": .string(kerasClass), "config": config, "registered_name": .null,
  ]
}
