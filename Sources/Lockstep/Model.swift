import Checkpoints
import Datasets
import Interchange
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

  private let checkpoint: Checkpoint
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
    self.checkpoint = checkpoint
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
    try model.evaluate(samples.dataset)
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
    try probabilities(count: bytes.count) { try Samples(bytes, shape: extents, labels: $0) }
  }

  /// For each sample the probability of each class: the softmax of the network's outputs.
  ///
  /// - Parameter numbers: any number of samples, one behind the other.
  /// - Throws: as `predict`.
  public func probabilities(_ numbers: [Float]) throws -> [[Float]] {
    try probabilities(count: numbers.count) { try Samples(numbers, shape: extents, labels: $0) }
  }

  /// Writes the network for other programs, as `lockstep export` does: an ONNX model, which onnxruntime runs, or a Keras model, which
  /// `keras.models.load_model` opens.
  ///
  ///     try model.export(to: "digits.onnx")
  ///
  /// Both take samples as they were given here, as FP32. The file appears whole or not at all, in place of what lay there. Equal
  /// checkpoints give equal bytes.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - format: by default what the file's name ends with.
  /// - Returns: what was written, and the names of what goes in and comes out.
  /// - Throws: `ExportError` where a layer of the program's own has no counterpart elsewhere (see `Layer.exported`), or the name does not
  ///   tell the format; `WriteError`.
  @discardableResult
  public func export(to path: String, format: ExportFormat? = nil) throws -> ExportedNetwork {
    guard let format = format ?? ExportFormat(path: path) else { throw ExportError.unknownFormat(path: path) }
    let trained = try TrainedNetwork(checkpoint, path: self.path, config: config, sampleShape: network.input)
    let exported = try trained.exported(as: format)
    _ = try AtomicFile.write(exported.bytes, to: path)
    return exported
  }

  private func probabilities(count: Int, _ make: (_ labels: [Int]) throws -> Samples) throws -> [[Float]] {
    guard count > 0 else { return [] }
    // Nobody asks for the labels, but every sample has one.
    let samples = try make(Array(repeating: 0, count: count / network.input.count))
    let values = try model.probabilities(samples.dataset, samples: samples.count)
    let classes = network.output.count
    return (0..<samples.count).map { Array(values[$0 * classes..<($0 + 1) * classes]) }
  }

  private static func largest(_ probabilities: [Float]) -> Int {
    probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
  }
}
