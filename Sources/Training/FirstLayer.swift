import Datasets
import Networks
import Tensors

extension CheckpointModel {
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
