import Checkpoints
import Datasets
import Networks
import Settings
import Tensors
import Training

/// A trained network on its way to another program: the layers of a config in other programs' words, with the parameters of a
/// checkpoint.
public struct TrainedNetwork: Sendable {
  /// A layer and what it has learnt.
  struct Layer: Sendable {
    /// The checkpoint's name of it: `conv2d_1`.
    let name: String
    /// What it computes before its activation.
    let operation: ExportedLayer
    /// The function applied to its output, or nil.
    let activation: ActivationFunction?
    /// Shape of one input sample.
    let input: Shape
    /// Shape of one output sample.
    let output: Shape
    /// Its weights; nil for a layer that has none.
    let kernel: TensorSnapshot?
    /// What is added to its outputs; nil where nothing is.
    let bias: TensorSnapshot?
  }

  let config: RunConfig
  let run: RunState
  let optimizer: OptimizerState
  /// SHA-256 over weights, optimizer state and step, in hexadecimal.
  let digest: String
  /// Shape of one input sample.
  let input: Shape
  /// Shape of one output sample.
  let output: Shape
  let layers: [Layer]
  /// How pixels become what the network was trained on.
  let rescaling: Rescaling
  /// What the outputs stand for, in their order.
  public let classes: [String]

  /// Learnt numbers.
  var parameterCount: Int {
    layers.reduce(0) { $0 + ($1.kernel?.shape.count ?? 0) + ($1.bias?.shape.count ?? 0) }
  }

  /// What the numbers that go in are.
  var inputMeaning: String {
    config.data.source.elements == .bytes
      ? "pixel values from 0 to 255, channels last" : "numbers as the network was trained on them, channels last"
  }

  /// Puts a checkpoint and its config together.
  ///
  /// - Parameters:
  ///   - path: the checkpoint's file, for messages.
  ///   - config: the run's config, out of the checkpoint.
  ///   - sampleShape: shape of one sample, for a config that does not say its input.
  /// - Throws: `ExportError` where a layer has no counterpart, `SettingsError` where the config's layers make no network,
  ///   `TrainingError.otherNetwork` where the checkpoint does not fit them, `damagedState` where it does not say how inputs are made.
  public init(_ checkpoint: Checkpoint, path: String, config: RunConfig, sampleShape: Shape) throws {
    // Planned to be looked at: on a machine that could not train it too.
    guard let kernels = Kernels(.portable) else { preconditionFailure("the portable kernels are part of every build") }
    let network = try config.planNetwork(input: config.model.input ?? sampleShape, kernels: kernels)
    let expected = network.parameters.entries.map { (path: $0.datasetPath, shape: $0.spec.shape) }
    let disagreements = checkpoint.disagreements(with: expected, optimizer: nil)
    guard disagreements.isEmpty else {
      throw TrainingError.otherNetwork(path: path, disagreements: disagreements.map(\.description))
    }
    guard let rescaling = Rescaling(checkpoint.run, input: network.input) else {
      throw TrainingError.damagedState(path: path)
    }
    let tensors = Dictionary(uniqueKeysWithValues: checkpoint.parameters.map { ($0.path, $0.tensor) })
    layers = try network.layers.map { entry in
      let parameters = network.parameters.entries.filter { $0.layer == entry.name }
        .compactMap { tensors[$0.datasetPath] }
      return try Layer(entry, parameters: parameters)
    }
    self.config = config
    self.rescaling = rescaling
    run = checkpoint.run
    optimizer = checkpoint.optimizer
    digest = SHA256.hexadecimal(checkpoint.digest())
    input = network.input
    output = network.output
    classes = config.data.classNames(count: network.output.count)
  }

  /// The network as the bytes of a file.
  ///
  /// A function of checkpoint and config alone: equal ones give equal bytes.
  ///
  /// - Throws: `ExportError.tooLarge`.
  public func exported(as format: ExportFormat) throws -> ExportedNetwork {
    switch format {
    case .onnx: try ONNXModel(self).exported()
    case .keras: try KerasModel(self).exported()
    }
  }
}

extension TrainedNetwork.Layer {
  /// - Parameter parameters: in the order of the layer's plan.
  fileprivate init(_ entry: Network.Entry, parameters: [TensorSnapshot]) throws(ExportError) {
    guard let operation = entry.exported else { throw .unknownLayer(name: entry.name, type: entry.type) }
    self.operation = operation
    name = entry.name
    activation = entry.activation
    input = entry.input
    output = entry.output
    kernel = parameters.first
    bias = parameters.dropFirst().first
    if let found = contradiction(parameters.map(\.shape)) {
      throw .contradiction(name: entry.name, type: entry.type, found: found)
    }
  }

  /// What a layer of a program's own has got wrong about itself; nil where nothing is.
  private func contradiction(_ parameters: [Shape]) -> String? {
    let (shapes, kernel, filters): (Bool, Shape?, Int)
    switch operation {
    case .convolution(let window):
      shapes = fits(window)
      kernel = [window.kernel.height, window.kernel.width, window.channels, window.filters]
      filters = window.filters
    case .maxPool(let window), .averagePool(let window):
      (shapes, kernel, filters) = (fits(window) && window.filters == window.channels, nil, 0)
    case .dense:
      (shapes, kernel, filters) = (input.rank == 1 && output.rank == 1, [input.count, output.count], output.count)
    case .globalAveragePool: (shapes, kernel, filters) = (input.rank == 3 && output == [input[2]], nil, 0)
    case .flatten: (shapes, kernel, filters) = (output == [input.count], nil, 0)
    case .dropout, .identity: (shapes, kernel, filters) = (input == output, nil, 0)
    }
    guard shapes else { return "it makes \(output) of \(input)" }
    let allowed: [[Shape]] = kernel.map { [[$0], [$0, [filters]]] } ?? [[]]
    guard !allowed.contains(parameters) else { return nil }
    return "it has parameters of the shapes \(parameters.map { "[\($0)]" }.joined(separator: ", "))"
  }

  private func fits(_ window: Window2D) -> Bool {
    input == [window.input.height, window.input.width, window.channels]
      && output == [window.output.height, window.output.width, window.filters]
  }
}
