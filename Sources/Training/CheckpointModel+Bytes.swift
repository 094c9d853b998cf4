import Datasets
import Networks
import Tensors

extension CheckpointModel {
  /// Bytes of one sample: the elements of the network's input, one byte each.
  public var sampleBytes: Int { network.input.count }

  /// Channels that inputs are made for.
  public var channels: Int { normalization.scale.count }

  /// The softmax of the network's outputs for samples that are at hand as bytes, `[samples, classes]`: for requests that come one by one.
  ///
  /// The bits are those of `probabilities(_:samples:)` for the same bytes, whatever else is in the call. Few samples are computed on the
  /// calling thread alone, without waking the others.
  ///
  /// - Parameter bytes: `[samples, height, width, channels]`, 0 to 255.
  /// - Precondition: a whole number of samples, at least one.
  /// - Throws: nothing of its own; what a worker throws.
  public func probabilities(bytes: [UInt8]) throws -> [Float] {
    let width = sampleBytes
    precondition(!bytes.isEmpty && bytes.count.isMultiple(of: width), "no whole number of samples")
    let samples = bytes.count / width
    let (network, normalization) = (network, normalization)
    let (classes, size) = (network.output.count, CheckpointModel.shardSize)
    let pixels = Storage(bytes)
    let outputs = Storage<Float>(count: samples * classes)
    let inputs = byteInputs
    let workspaces = workspaces
    // Views do not keep memory alive.
    defer { withExtendedLifetime((pixels, outputs, inputs)) {} }
    let (pixelView, outputView, parameterView) = (pixels.view, outputs.mutableView, parameters.view)
    let compute: @Sendable (Int, Int) -> Void = { worker, item in
      let range = item * size..<min((item + 1) * size, samples)
      let shardInputs = inputs[worker].mutableView[0..<range.count * width]
      normalization.apply(
        to: pixelView[range.lowerBound * width..<range.upperBound * width], output: shardInputs,
        kernels: network.kernels)
      let logits = network.predict(
        shardInputs.readOnly, samples: range.count, parameters: parameterView, version: 0,
        workspace: workspaces[worker])
      network.kernels.softmax(
        samples: range.count, classes: classes, logits: logits,
        probabilities: outputView[range.lowerBound * classes..<range.upperBound * classes])
    }
    if samples <= size { compute(0, 0) } else { try pool.run((samples + size - 1) / size, compute) }
    return outputs.array()
  }

  /// The network's first layers, up to the first that has parameters and its activation: what they make of an image can be looked at.
  ///
  /// - Returns: nil where these layers are the whole network, and so nothing that its outputs do not show.
  public func firstLayer() -> FirstLayer? { FirstLayer(of: self) }
}

/// What the first layer with parameters makes of an image. Its own small network, because the whole one may fuse that layer with the
/// pooling behind it, and then never forms its output.
public final class FirstLayer {
  /// The layer.
  public let layer: Network.Entry
  /// Shape of its output.
  public var shape: Shape { network.output }

  private let network: Network
  private let normalization: Normalization
  private let parameters: Storage<Float>
  private let workspace: Workspace
  private let input: Storage<Float>

  fileprivate init?(of model: CheckpointModel) {
    let whole = model.network
    guard let index = whole.layers.firstIndex(where: { $0.parameterCount > 0 }), index + 1 < whole.layers.count,
      let network = try? Network(
        input: whole.input, layers: Array(model.config.model.layers[...index]), kernels: whole.kernels,
        numerics: model.config.training.numerics)
    else { return nil }
    self.network = network
    layer = whole.layers[index]
    normalization = model.normalization
    parameters = Storage(count: network.parameters.count)
    for (mine, theirs) in zip(network.parameters.entries, whole.parameters.entries) {
      parameters.mutableView[mine.range].copy(from: model.parameters.view[theirs.range])
    }
    workspace = Workspace(for: network, capacity: 1, purpose: .evaluation)
    input = Storage(count: network.input.count, zeroed: false)
  }

  /// The layer's output for one image, in the order of `shape`.
  ///
  /// - Precondition: as many bytes as the network's input has elements.
  public func output(bytes: [UInt8]) -> [Float] {
    precondition(bytes.count == network.input.count, "an image of another size")
    let pixels = Storage(bytes)
    return withExtendedLifetime((pixels, input, parameters, workspace)) {
      normalization.apply(to: pixels.view, output: input.mutableView, kernels: network.kernels)
      return network.predict(
        input.view, samples: 1, parameters: parameters.view, version: 0, workspace: workspace
      ).array()
    }
  }
}
