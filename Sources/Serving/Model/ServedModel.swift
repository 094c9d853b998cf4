import Checkpoints
import Networks
import Settings
import Tensors
import Training

/// A checkpoint in use, with its description. Belongs to one thread at a time.
package struct ServedModel {
  let predictor: CheckpointModel
  let firstLayer: FirstLayer?
  let description: ModelDescription

  /// - Throws: `SettingsError`, `TrainingError`, `ServeError` where the checkpoint cannot be served.
  package init(_ checkpoint: Checkpoint, path: String, machine: Machine) throws {
    let config = try RunConfig(text: checkpoint.run.config, source: path)
    // Found now, or every prediction would fail.
    let elements = config.data.source.elements
    guard elements == .bytes else { throw ServeError.noPixels(path: path, trainedOn: elements.rawValue) }
    let (input, shape) = try ServedModel.input(of: checkpoint, path: path, config: config, kernels: machine.kernels)
    // Waiting threads that spin would take the processors from the connections.
    predictor = try CheckpointModel(
      checkpoint, path: path, config: config, sampleShape: input, machine: machine, spins: false)
    firstLayer = predictor.firstLayer()
    let run = checkpoint.run
    let network = predictor.network
    description = ModelDescription(
      name: config.name, path: path, dataset: ServedModel.dataset(of: config), shape: shape,
      classes: config.data.classNames(count: network.output.count),
      layers: network.layers.map {
        .init(
          name: $0.name, type: $0.type, activation: $0.activation?.label, output: $0.output.dimensions,
          parameters: $0.parameterCount)
      },
      parameters: network.parameters.parameterCount, step: run.step,
      totalSteps: run.stepsPerEpoch.multipliedReportingOverflow(by: config.training.epochs).partialValue,
      epoch: run.epoch, epochs: config.training.epochs, digest: SHA256.hexadecimal(checkpoint.digest()),
      instructionSet: run.instructionSet, evaluation: ServedModel.evaluation(run.history),
      firstLayer: firstLayer.map { ($0.layer.name, $0.layer.type, $0.shape.dimensions) }, threads: machine.threads)
  }

  private static func evaluation(_ history: MetricHistory) -> [(name: String, value: Double)] {
    guard let row = history.rows.last else { return [] }
    return zip(history.columns, row).filter { $0.1.isFinite }.map { (name: $0.0, value: $0.1) }
  }

  private static func dataset(of config: RunConfig) -> String {
    guard case .string(let name)? = config.resolved["data"]?["dataset"] else { return "unknown" }
    return name
  }

  /// The shape of the images, for the network and for pixels. A config may leave it to its data set, which need not be here: then it is
  /// the data set's own, or the first square that the checkpoint's tensors fit.
  private static func input(
    of checkpoint: Checkpoint, path: String, config: RunConfig, kernels: Kernels
  ) throws -> (input: Shape, shape: PixelShape) {
    let channels = checkpoint.run.inputScale.count
    if let input = config.model.input {
      let candidates = [input, config.data.source.sampleShape, [28, 28, 1]].compactMap { $0 }
      let shapes = candidates.filter { $0.count == input.count }.compactMap(PixelShape.init)
      guard let shape = shapes.first(where: { $0.channels == channels }) else {
        throw ServeError.noImages(path: path, input: "\(input)")
      }
      return (input, shape)
    }
    let found = checkpoint.parameters.map { (path: $0.path, shape: $0.tensor.shape) }
    let squares = ([28, 32] + Array(1...256)).compactMap { Shape(validating: [$0, $0, channels]) }
    for input in [config.data.source.sampleShape].compactMap({ $0 }) + squares {
      guard let network = try? config.makeNetwork(input: input, kernels: kernels) else { continue }
      let expected = network.parameters.entries.map { (path: $0.datasetPath, shape: $0.spec.shape) }
      if expected.elementsEqual(found, by: ==), let shape = PixelShape(input) { return (input, shape) }
    }
    throw ServeError.noImages(path: path, input: "not in its config")
  }
}
