import Datasets
import Networks
import Settings
import Tensors

extension RunConfig {
  /// Plans the network for a data set.
  ///
  /// - Throws: `SettingsError` where a layer cannot take its input, at the layer's place in the config; `TrainingError.unfit` where the
  ///   network's input or output does not fit the data.
  public func makeNetwork(for data: PreparedData, kernels: Kernels) throws -> Network {
    let network = try makeNetwork(input: model.input ?? data.training.shape, kernels: kernels)
    try check(network, fits: data.training)
    try check(network, fits: data.test)
    return network
  }

  /// Whether a data set can be put through a network.
  ///
  /// - Throws: `TrainingError.unfit` where its samples or classes are others than the network's.
  func check(_ network: Network, fits dataset: ImageDataset) throws(TrainingError) {
    guard network.input.count == dataset.shape.count else {
      throw .unfit("model.input is \(network.input), but the samples of \(dataset.name) are \(dataset.shape)")
    }
    guard network.output.count >= dataset.classes else {
      throw .unfit(
        "the network has \(network.output.count) outputs, but \(dataset.name) has \(dataset.classes) classes")
    }
  }

  /// Plans the network for a shape of input.
  ///
  /// - Throws: `SettingsError` at the layer that cannot take its input, where the loss or a metric cannot take the output,
  ///   or where the kernels lack what the precision needs.
  public func makeNetwork(input: Shape, kernels: Kernels) throws(SettingsError) -> Network {
    do throws(ShapeError) {
      _ = try PlanContext(kernels: kernels, numerics: training.numerics).bfloat16()
    } catch {
      throw training.error(ofPrecision: error)
    }
    let network = try planNetwork(input: input, kernels: kernels, numerics: training.numerics)
    for (index, metric) in training.metrics.enumerated() {
      do throws(ShapeError) {
        try metric.check(output: network.output)
      } catch {
        throw SettingsError(location: nil, path: "training.metrics[\(index)]", message: error.message)
      }
    }
    return network
  }

  /// Plans the layers and the loss alone, for kernels that need not be able to train them.
  ///
  /// - Throws: `SettingsError` at the layer that cannot take its input, or where the loss cannot take the output.
  package func planNetwork(
    input: Shape, kernels: Kernels, numerics: Numerics = Numerics()
  ) throws(SettingsError) -> Network {
    let network: Network
    do throws(NetworkError) {
      network = try Network(input: input, layers: model.layers, kernels: kernels, numerics: numerics)
    } catch {
      throw model.error(error)
    }
    do throws(ShapeError) {
      try training.loss.check(output: network.output)
    } catch {
      throw training.error(ofLoss: error)
    }
    return network
  }
}
