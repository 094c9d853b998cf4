import Dispatch
import Settings
import Synchronization
import Tensors

/// The config's `data` object: a source, told by the `dataset` key, and what is done with it whatever the source.
public struct DataConfiguration: Sendable {
  /// Where the samples come from.
  public let source: any DatasetSource
  /// Fraction of the training samples that is held out for validation; 0 holds out none.
  public let validation: Double
  /// How bytes become the network's input.
  public let normalization: Normalization.Kind

  /// Keys that every data set has, after its own.
  private static let commonFields = [
    Field(
      "validation", .number(.from(0, below: 1)), default: .number(0),
      "Fraction of the training samples that is held out and evaluated after each epoch; 0 evaluates on the test set."),
    Field(
      "normalization", .oneOf(Normalization.Kind.allCases.map(\.rawValue)), default: .string("scale"),
      "How bytes become inputs: scale = x / 255; standard = (x - mean) / deviation, per channel, of the training samples."
    ),
  ]

  /// The schemas that the `dataset` key chooses among: each source's own keys, then the common ones.
  ///
  /// - Precondition: no source has a key of a common one's name.
  public static func schemas(of sources: DatasetTable = .standard) -> [ObjectSchema] {
    sources.kinds.map { source in
      let names = (source.schema.fields + commonFields).map(\.name)
      precondition(Set(names).count == names.count, "a key of the data set '\(source.schema.name)' is of all")
      return ObjectSchema(source.schema.name, source.schema.summary, fields: source.schema.fields + commonFields)
    }
  }

  /// - Precondition: validated against one of `schemas(of: sources)`.
  /// - Throws: `SettingsError` where the source's keys contradict each other.
  public init(settings: Settings, sources: DatasetTable = .standard) throws(SettingsError) {
    source = try sources.make(settings)
    validation = settings.number("validation")
    guard let kind = Normalization.Kind(rawValue: settings.string("normalization")) else {
      preconditionFailure("the schema allows a normalization that does not exist")
    }
    normalization = kind
  }

  /// What the config says of the samples, under the keys that it has for it.
  public static func described(
    _ source: any DatasetSource, validation: Double, normalization: Normalization.Kind
  ) -> JSONValue {
    .object(
      source.described(tag: "dataset").members + [
        (key: "validation", value: .number(validation)),
        (key: "normalization", value: .string(normalization.rawValue)),
      ])
  }

  /// The same with samples that are at hand, where `source` only says where there were some.
  public func replacing(_ source: any DatasetSource) -> DataConfiguration {
    DataConfiguration(source: source, validation: validation, normalization: normalization)
  }

  /// Without a config, for tests and tools.
  public init(source: any DatasetSource, validation: Double = 0, normalization: Normalization.Kind = .scale) {
    self.source = source
    self.validation = validation
    self.normalization = normalization
  }

  /// Loads training and test samples, holds out the validation samples and derives the normalization.
  ///
  /// - Parameter seed: the run's seed; decides which samples are held out.
  /// - Throws: `DatasetError`, also where training and test images differ in shape.
  public func prepare(context: DatasetContext, seed: UInt64) throws(DatasetError) -> PreparedData {
    let (training, test) = try loadBoth(context)
    guard training.shape == test.shape else {
      throw .shapes(
        dataset: training.name, train: training.shape.description, test: test.shape.description)
    }
    for part in [training, test] where part.elements != source.elements {
      throw .custom(
        dataset: type(of: source).schema.name,
        reason: "its \(part.split.rawValue) samples are \(part.elements.rawValue), but its 'elements' says "
          + source.elements.rawValue)
    }
    guard let split = Split(count: training.count, validation: validation, seed: seed) else {
      throw .tooFewToHoldOut(dataset: training.name, samples: training.count)
    }
    let normalization = Normalization(normalization, dataset: training, samples: split.training)
    return PreparedData(training: training, test: test, split: split, normalization: normalization)
  }
}

extension DataConfiguration {
  /// Both parts, side by side. Of two errors the training part's is thrown, as if it were read first.
  private func loadBoth(
    _ context: DatasetContext
  ) throws(DatasetError) -> (training: ImageDataset, test: ImageDataset) {
    let results = Mutex<[DatasetSplit: Result<ImageDataset, DatasetError>]>([:])
    DispatchQueue.concurrentPerform(iterations: DatasetSplit.allCases.count) { index in
      let split = DatasetSplit.allCases[index]
      let result = Result { () throws(DatasetError) in try source.load(split, context: context) }
      results.withLock { $0[split] = result }
    }
    let loaded = results.withLock { $0 }
    guard let training = loaded[.train], let test = loaded[.test] else { preconditionFailure("a part was not loaded") }
    return (try training.get(), try test.get())
  }
}

/// The samples of a run.
public struct PreparedData: Sendable {
  /// Training samples, those that are held out included.
  public let training: ImageDataset
  /// Test samples.
  public let test: ImageDataset
  /// Which of the training samples are learnt from, and which are held out.
  public let split: Split
  /// How bytes become the network's input.
  public let normalization: Normalization
}
