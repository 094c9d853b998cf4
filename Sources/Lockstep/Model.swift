import Checkpoints
import Datasets
import Networks
import Settings
import Tensors
import Training

/// A trained network, out of a checkpoint: it predicts and can be measured.
///
///     let model = try Model("Checkpoints/digits")
///     let digits = try model.predict(pixels)
///
/// Predictions are those of `lockstep evaluate` and, but for rounding, of Keras. A model belongs to one thread at a time; it uses all of
/// its threads itself.
public final class Model {
  /// The checkpoint's file.
  public let path: String
  /// The run's config, out of the checkpoint.
  public let config: RunConfig
  /// Steps that were trained.
  public let step: Int
  /// SHA-256 over weights, optimizer state and step, as `lockstep inspect --digest` prints it: equal for equal training states.
  public let digest: String
  /// The network: layers, shapes, parameters.
  public var network: Network { model.network }

  private let model: CheckpointModel
  /// Shape of one sample with as many channels as are normalised apart.
  private let extents: [Int]

  /// Loads a checkpoint, after every byte of it was checked.
  ///
  /// - Parameters:
  ///   - path: a checkpoint, or a run directory, of which the newest good checkpoint is taken.
  ///   - input: shape of one sample, for a checkpoint of a config file that does not say its `model.input`.
  ///   - threads: worker threads, 1 to 128; nil for one for each processor.
  ///   - vocabulary: what the config may name; for layers of the program's own, `ConfigVocabulary.standard.adding(MyLayer.self)`.
  /// - Throws: `CheckpointError` where the file cannot be trusted, `TrainingError`, `SettingsError` where the config names what the
  ///   vocabulary does not have.
  public init(
    _ path: String, input: Shape? = nil, threads: Int? = nil, vocabulary: ConfigVocabulary = .standard
  ) throws {
    let machine = try Machine.ofProcess(threads: threads)
    let named = try NamedCheckpoint(path)
    let (checkpoint, path) = (named.checkpoint, named.path)
    let config = try RunConfig(text: checkpoint.run.config, source: path, vocabulary: vocabulary)
    guard let input = config.model.input ?? input else {
      throw TrainingError.unfit("\(path): its config does not say the shape of a sample; give it as 'input'")
    }
    model = try CheckpointModel(checkpoint, path: path, config: config, sampleShape: input, machine: machine)
    extents = try Model.extents(of: model.network.input, checkpoint, path: path)
    step = checkpoint.run.step
    digest = SHA256.hexadecimal(checkpoint.digest())
    self.path = path
    self.config = config
  }

  private static func extents(of input: Shape, _ checkpoint: Checkpoint, path: String) throws(TrainingError) -> [Int] {
    let channels = checkpoint.run.inputScale.count
    if input.rank != 2, input[input.rank - 1] == channels { return input.dimensions }
    // A network may see images as rows of numbers.
    guard channels > 0, input.count.isMultiple(of: channels) else { throw .damagedState(path: path) }
    return [input.count / channels, 1, channels]
  }

  /// Loss, metrics and confusion matrix over labelled samples.
  ///
  /// - Throws: `TrainingError.unfit` where they are not what the network takes.
  public func evaluate(_ samples: Samples) throws -> Evaluation {
    try check(samples.elements)
    return try model.evaluate(samples.dataset)
  }

  /// The class that each sample most likely is of.
  ///
  /// - Parameter bytes: any number of samples, one behind the other.
  /// - Throws: `SamplesError.elements` where they are no whole number of samples, `TrainingError.unfit` where the network was trained on
  ///   numbers.
  public func predict(_ bytes: [UInt8]) throws -> [Int] { try probabilities(bytes).map(Model.largest) }

  /// The class that each sample most likely is of.
  ///
  /// - Parameter numbers: any number of samples, one behind the other.
  /// - Throws: as for bytes; `SamplesError.notFinite`.
  public func predict(_ numbers: [Float]) throws -> [Int] { try probabilities(numbers).map(Model.largest) }

  /// For each sample the probability of each class: the softmax of the network's outputs.
  ///
  /// - Parameter bytes: any number of samples, one behind the other.
  /// - Throws: as `predict`.
  public func probabilities(_ bytes: [UInt8]) throws -> [[Float]] {
    try check(.bytes)
    return try probabilities(count: bytes.count) { try Samples(bytes, shape: extents, labels: $0) }
  }

  /// For each sample the probability of each class: the softmax of the network's outputs.
  ///
  /// - Parameter numbers: any number of samples, one behind the other.
  /// - Throws: as `predict`.
  public func probabilities(_ numbers: [Float]) throws -> [[Float]] {
    try check(.numbers)
    return try probabilities(count: numbers.count) { try Samples(numbers, shape: extents, labels: $0) }
  }

  private func probabilities(count: Int, _ make: (_ labels: [Int]) throws -> Samples) throws -> [[Float]] {
    guard count > 0 else { return [] }
    // Nobody asks for the labels, but every sample has one.
    let samples = try make(Array(repeating: 0, count: count / network.input.count))
    let values = try model.probabilities(samples.dataset, samples: samples.count)
    let classes = network.output.count
    return (0..<samples.count).map { Array(values[$0 * classes..<($0 + 1) * classes]) }
  }

  /// What the network was trained on is what it takes: the same picture as numbers from 0 to 1 would be another one.
  private func check(_ elements: SampleElements) throws(TrainingError) {
    let trained = config.data.source.elements
    guard elements == trained else {
      throw .unfit("\(path) was trained on \(trained.rawValue), and these samples are \(elements.rawValue)")
    }
  }

  private static func largest(_ probabilities: [Float]) -> Int {
    probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
  }
}
