import Datasets
import Networks
import Optimizers
import Settings
import Tensors

/// Everything that decides the result of a run, as one JSON document describes it. Nothing about the machine is in it.
public struct RunConfig: Sendable {
  /// Name of the run and of its directory.
  public let name: String
  /// Seed of all randomness, below 2⁵³ so that every JSON reader keeps it.
  public let seed: UInt64
  /// The samples.
  public let data: DataConfiguration
  /// The network.
  public let model: ModelConfig
  /// How it is trained.
  public let training: TrainingConfig
  /// When it is saved, and what is kept.
  public let checkpoint: CheckpointConfig
  /// What is written to the logs.
  public let logging: LoggingConfig
  /// The document with all defaults filled in; reading it gives the same config.
  public let resolved: JSONValue
  /// The resolved config as text: what a run directory and every checkpoint keep. Made once, since workers wait while a checkpoint's
  /// snapshot is taken.
  public let resolvedText: String

  /// Reads a config file.
  ///
  /// - Parameters:
  ///   - path: the file; its base name is the run's where the config has none.
  ///   - overrides: values that replace or add some of the file's, applied in order.
  /// - Throws: `TrainingError.cannotRead`, or `SettingsError` with everything that is wrong with the content.
  public init(file path: String, overrides: [Override] = [], vocabulary: ConfigVocabulary = .standard) throws {
    let file = try ConfigFile(path: path)
    let document = try JSONParser.parse(file.bytes, file: path)
    try self.init(document, fileName: file.baseName, overrides: overrides, vocabulary: vocabulary)
  }

  /// Reads a config that is at hand as text, for example out of a checkpoint.
  ///
  /// - Parameters:
  ///   - text: the JSON document.
  ///   - source: where it comes from, for messages.
  /// - Throws: `SettingsError` with everything that is wrong with it.
  public init(
    text: String, source: String = "config", overrides: [Override] = [], vocabulary: ConfigVocabulary = .standard
  ) throws(SettingsError) {
    let document = try JSONParser.parse(text, file: source)
    try self.init(document, fileName: "run", overrides: overrides, vocabulary: vocabulary)
  }

  /// - Parameter source: the data set itself, where the document only describes it.
  init(
    _ document: JSONNode, fileName: String, overrides: [Override] = [], vocabulary: ConfigVocabulary,
    source: (any DatasetSource)? = nil
  ) throws(SettingsError) {
    let schema = vocabulary.schema
    let settings = try schema.decode(schema.applying(overrides, to: document))
    let name = try RunConfig.name(settings, fileName: fileName)
    self.name = name
    seed = UInt64(settings.integer("seed"))
    let data = try DataConfiguration(settings: settings.settings("data"), sources: vocabulary.datasets)
    self.data = source.map(data.replacing) ?? data
    model = try ModelConfig(settings.settings("model"), vocabulary: vocabulary)
    training = try TrainingConfig(settings.settings("training"), vocabulary: vocabulary)
    checkpoint = CheckpointConfig(settings.settings("checkpoint"))
    logging = LoggingConfig(settings.settings("logging"))
    resolved = RunConfig.resolved(settings, name: name)
    resolvedText = resolved.prettyPrinted
  }

  private static func name(_ settings: Settings, fileName: String) throws(SettingsError) -> String {
    if settings.has("name") { return settings.string("name") }
    guard FieldType.isFileName(fileName) else {
      throw settings.error(
        "name", "missing, and the file's own name cannot name a directory; use letters, digits, \"_\" and \"-\"")
    }
    return fileName
  }

  /// The resolved config stands for itself: it names the run, and leaves out where an editor finds the schema.
  private static func resolved(_ settings: Settings, name: String) -> JSONValue {
    guard case .object(let members) = settings.resolved else { return settings.resolved }
    return .object(
      members.filter { $0.key != ConfigVocabulary.schemaKey }
        .map { $0.key == "name" ? (key: "name", value: .string(name)) : $0 })
  }
}

/// The config's `model` object.
public struct ModelConfig: Sendable {
  /// Shape of one input sample; nil for that of the data set.
  public let input: Shape?
  /// The layers, first to last.
  public let layers: [any Layer]
  private let settings: Settings

  init(_ settings: Settings, vocabulary: ConfigVocabulary) throws(SettingsError) {
    self.settings = settings
    input = try ModelConfig.input(settings)
    var layers: [any Layer] = []
    for layer in settings.settingsList("layers") { layers.append(try vocabulary.layers.make(layer)) }
    self.layers = layers
  }

  private static func input(_ settings: Settings) throws(SettingsError) -> Shape? {
    guard settings.has("input") else { return nil }
    guard let shape = Shape(validating: settings.integers("input")) else {
      throw settings.error("input", "the shape has too many elements; at most \(Shape.largestCount) are possible")
    }
    return shape
  }

  /// What a network that cannot be built says about the config: the layer that is to blame, and its key where one is.
  public func error(_ error: NetworkError) -> SettingsError {
    let layers = settings.settingsList("layers")
    guard let index = error.layer, layers.indices.contains(index) else {
      return settings.error("layers", error.error.message)
    }
    guard let key = error.error.key, layers[index].schema.fields.contains(where: { $0.name == key }) else {
      return layers[index].error(error.description)
    }
    return layers[index].error(key, error.description)
  }
}

/// The config's `training` object.
public struct TrainingConfig: Sendable {
  /// Passes over the training samples.
  public let epochs: Int
  /// Samples of one step.
  public let batchSize: Int
  /// Parts that a minibatch is cut into; nil for the default.
  public let shards: Int?
  /// What training makes small.
  public let loss: any Loss
  /// The update rule.
  public let optimizer: any Optimizer
  /// How the learning rate changes.
  public let schedule: any Schedule
  /// Clipping of the gradient, or nil.
  public let clip: GradientClip?
  /// How the arithmetic may be done.
  public let numerics: Numerics
  /// When the run ends before its last epoch, or nil.
  public let earlyStopping: EarlyStopping?
  /// What becomes of a step whose loss or gradient is not finite.
  public let onNonFinite: NonFinitePolicy
  /// What is reported beside the loss; no two have one name.
  public let metrics: [any Metric]
  private let settings: Settings

  init(_ settings: Settings, vocabulary: ConfigVocabulary) throws(SettingsError) {
    self.settings = settings
    epochs = settings.integer("epochs")
    batchSize = settings.integer("batchSize")
    shards = settings.has("shards") ? settings.integer("shards") : nil
    if let shards, shards > batchSize {
      throw settings.error("shards", "\(shards) shards are more than the \(batchSize) samples of a batch")
    }
    loss = try vocabulary.losses.make(settings.settings("loss"))
    optimizer = try vocabulary.optimizers.make(settings.settings("optimizer"))
    schedule = try vocabulary.schedules.make(settings.settings("schedule"))
    clip = settings.has("clipNorm") ? GradientClip(maxNorm: settings.number("clipNorm")) : nil
    guard let precision = Precision(rawValue: settings.string("precision")) else {
      preconditionFailure("precision '\(settings.string("precision"))' is in the schema only")
    }
    numerics = Numerics(exactConvolution: settings.bool("exactConvolution"), precision: precision)
    earlyStopping = settings.has("earlyStopping") ? EarlyStopping(settings.settings("earlyStopping")) : nil
    onNonFinite = NonFinitePolicy(settings.string("onNonFinite"))
    var metrics: [any Metric] = []
    for metricSettings in settings.settingsList("metrics") {
      let metric = try vocabulary.metrics.make(metricSettings)
      if metrics.contains(where: { $0.name == metric.name }) {
        throw metricSettings.error("the metric \"\(metric.name)\" is listed twice")
      }
      metrics.append(metric)
    }
    self.metrics = metrics
  }

  /// What a network whose output the loss cannot take says about the config.
  public func error(ofLoss error: ShapeError) -> SettingsError { settings.error("loss", error.message) }

  /// What kernels that cannot calculate as asked say about the config.
  func error(ofPrecision error: ShapeError) -> SettingsError { settings.error("precision", error.message) }
}

/// What becomes of a step whose loss or gradient is not finite. Either way nothing of it reaches the model.
public enum NonFinitePolicy: String, CaseIterable, Sendable {
  /// The run ends with an error.
  case stop
  /// The step is counted, its update is left out, and the run goes on.
  case skipStep

  init(_ name: String) {
    guard let policy = NonFinitePolicy(rawValue: name) else {
      preconditionFailure("onNonFinite '\(name)' is in the schema only")
    }
    self = policy
  }
}

/// What becomes of a run that could not be saved.
public enum SaveFailurePolicy: String, CaseIterable, Sendable {
  /// It ends with an error, after a last try to save.
  case stop
  /// It goes on, and is saved when that is due the next time.
  case goOn = "continue"

  init(_ name: String) {
    guard let policy = SaveFailurePolicy(rawValue: name) else {
      preconditionFailure("onFailure '\(name)' is in the schema only")
    }
    self = policy
  }
}

/// The config's `checkpoint` object: when the run is saved beside its end, and how many checkpoints are kept.
public struct CheckpointConfig: Sendable, Equatable {
  /// Save after so many epochs; 0 for never.
  public let everyEpochs: Int
  /// Save after so many steps, or nil.
  public let everySteps: Int?
  /// Save after so many seconds, or nil.
  public let everySeconds: Double?
  /// How many of the newest checkpoints are kept.
  public let keepLast: Int
  /// How many of the best checkpoints are kept beside those.
  public let keepBest: Int
  /// What becomes of the run where a save fails.
  public let onFailure: SaveFailurePolicy

  init(_ settings: Settings) {
    onFailure = SaveFailurePolicy(settings.string("onFailure"))
    everyEpochs = settings.integer("everyEpochs")
    everySteps = settings.has("everySteps") ? settings.integer("everySteps") : nil
    everySeconds = settings.has("everySeconds") ? settings.number("everySeconds") : nil
    keepLast = settings.integer("keepLast")
    keepBest = settings.integer("keepBest")
  }
}

/// The config's `logging` object.
public struct LoggingConfig: Sendable, Equatable {
  /// Write a line of metrics after so many steps.
  public let everySteps: Int
  /// Whether to write event files for TensorBoard.
  public let tensorBoard: Bool
  /// Put histograms of weights and gradients into them after the first epoch and then after so many; 0 for never.
  public let histogramsEveryEpochs: Int
  /// Put pictures of filters and mistakes into them after the first epoch and then after so many; 0 for never.
  public let imagesEveryEpochs: Int

  init(_ settings: Settings) {
    everySteps = settings.integer("everySteps")
    tensorBoard = settings.bool("tensorBoard")
    histogramsEveryEpochs = settings.integer("histogramsEveryEpochs")
    imagesEveryEpochs = settings.integer("imagesEveryEpochs")
  }

  /// Whether a step, counted from 1, is logged.
  func includes(step: Int) -> Bool { step.isMultiple(of: everySteps) }

  /// Whether something that happens after so many epochs happens after this one, from 1: after the first, so that short runs have it too,
  /// then after every so many.
  package static func isDue(_ everyEpochs: Int, epoch: Int) -> Bool {
    everyEpochs > 0 && (epoch == 1 || epoch.isMultiple(of: everyEpochs))
  }
}
