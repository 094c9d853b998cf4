import Datasets
import Networks
import Optimizers
import Settings
import Tensors

extension RunConfig {
  /// A run that is put together in code.
  ///
  /// It is the same run as one from a file with the same keys, bit for bit: what is given here becomes a config, which is checked as a
  /// file is and goes into every checkpoint.
  ///
  ///     let config = try RunConfig(
  ///       name: "digits", data: DigitsSource(),
  ///       layers: [Conv2D(filters: 32, kernel: 3, activation: .relu), MaxPool2D(size: 2), Flatten(), Dense(units: 10)],
  ///       epochs: 3, optimizer: Adam())
  ///
  /// - Parameters:
  ///   - name: of the run, and of its directory unless that is named.
  ///   - seed: of all randomness, at most 2⁵³.
  ///   - source: the samples: `MemorySource` for those of the program, a data set of Lockstep's, or one of the program's own.
  ///   - validation: fraction of the training samples that is held out and evaluated after each epoch; 0 evaluates the test samples.
  ///   - normalization: how samples become inputs.
  ///   - input: shape of one sample; by default that of the data.
  ///   - layers: first to last.
  ///   - epochs: passes over the training samples.
  ///   - batchSize: samples of one step.
  ///   - loss: what training makes small.
  ///   - optimizer: the update rule.
  ///   - schedule: how the learning rate changes.
  ///   - metrics: what is reported beside the loss.
  ///   - further: all other keys, as a config file has them, for example `["training": ["clipNorm": 1], "checkpoint": ["keepLast": 10]]`;
  ///     `lockstep schema` lists them. Where it has a key that is given above too, this is the one that counts.
  /// - Throws: `SettingsError` with everything that is wrong, each at its key, for example `training.epochs`.
  public init(
    name: String = "run", seed: UInt64 = 0, data source: any DatasetSource, validation: Double = 0,
    normalization: Normalization.Kind = .scale, input: Shape? = nil, layers: [any Layer], epochs: Int,
    batchSize: Int = 128, loss: any Loss = SoftmaxCrossEntropy(), optimizer: any Optimizer,
    schedule: any Schedule = ConstantSchedule(), metrics: [any Metric] = [Accuracy()], further: JSONValue = [:]
  ) throws(SettingsError) {
    let memory = source as? MemorySource
    let model: JSONValue = [
      "input": (input ?? memory?.training?.shape)?.described ?? .null,
      "layers": .array(layers.map { $0.described() }),
    ]
    let training: JSONValue = [
      "epochs": .integer(epochs), "batchSize": .integer(batchSize), "loss": loss.described(),
      "optimizer": optimizer.described(), "schedule": schedule.described(),
      "metrics": .array(metrics.map { $0.described() }),
    ]
    let document: JSONValue = [
      "name": .string(name), "seed": .integer(Int(clamping: seed)),
      "data": DataConfiguration.described(source, validation: validation, normalization: normalization),
      "model": model, "training": training,
    ]
    var kinds: [(value: any Configurable, path: String)] = [
      (loss, "training.loss"), (optimizer, "training.optimizer"), (schedule, "training.schedule"),
    ]
    kinds += layers.enumerated().map { ($0.element, "model.layers[\($0.offset)]") }
    kinds += metrics.enumerated().map { ($0.element, "training.metrics[\($0.offset)]") }
    for kind in kinds { try RunConfig.checkKeys(of: kind.value, path: kind.path) }
    let vocabulary = try ConfigVocabulary.standard.including(
      source: source, layers: layers, loss: loss, optimizer: optimizer, schedule: schedule, metrics: metrics)
    try self.init(
      JSONNode(document.merging(further)), fileName: name, vocabulary: vocabulary, source: source)
    if let memory, let samples = memory.training, memory.test == nil, data.validation == 0 {
      throw SettingsError(
        location: nil, path: "data.validation",
        message: "there are \(samples.count) samples to learn from and none to evaluate; "
          + "hold some out, for example 0.1")
    }
  }

  /// A value whose keys do not say all of it would be trained, and resumed, as another one. (Keys that its schema refuses are reported
  /// with the config's other problems.)
  private static func checkKeys(of value: some Configurable, path: String) throws(SettingsError) {
    guard let again = try? type(of: value).init(value.keys) else { return }
    guard again.keys == value.keys, (value as? any Equatable)?.equals(again) ?? true else {
      throw SettingsError(
        location: nil, path: path,
        message: "the keys of \(type(of: value)) do not make the same value again; they must say all that it holds")
    }
  }
}

extension Equatable {
  fileprivate func equals(_ other: Any) -> Bool { other as? Self == self }
}

extension Shape {
  fileprivate var described: JSONValue { .array(dimensions.map { .integer($0) }) }
}
