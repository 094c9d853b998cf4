import Datasets
import Networks
import Optimizers
import Settings

/// The kinds of things that a config can name, and the schema of the config that follows from them.
///
/// A program that uses Lockstep as a library adds its own: `ConfigVocabulary.standard.adding(MyLayer.self)`.
public struct ConfigVocabulary: Sendable {
  /// The data sets.
  public var datasets = DatasetTable.standard
  /// The kinds of layers.
  public var layers = LayerTable.standard
  /// The losses.
  public var losses = LossTable.standard
  /// The metrics.
  public var metrics = MetricTable.standard
  /// The update rules.
  public var optimizers = OptimizerTable.standard
  /// The learning rate schedules.
  public var schedules = ScheduleTable.standard

  /// What Lockstep itself brings.
  public static let standard = ConfigVocabulary()

  /// Where an editor finds the schema; of no meaning to a run.
  static let schemaKey = "$schema"

  /// What Lockstep itself brings, to be added to.
  public init() {}

  /// The whole config.
  public var schema: ObjectSchema {
    ObjectSchema(
      "config", "A training run of Lockstep.",
      fields: [
        Field(Self.schemaKey, .string, default: .null, "Where an editor finds the schema; the run ignores it."),
        Field(
          "name", .fileName, default: .null,
          "Name of the run and of its directory; by default the config file's name without extension."),
        Field(
          "seed", .integer(0...1 << 53), default: 0,
          "Seed of all randomness: first weights, order of the samples, dropout."),
        Field("data", .variant(DataConfiguration.schemas(of: datasets), tag: "dataset"), "The samples."),
        Field("model", .object(model), "The network."),
        Field("training", .object(training), "How it is trained."),
        Field("checkpoint", .object(checkpoint), default: [:], "When the run is saved, and what is kept."),
        Field("logging", .object(logging), default: [:], "What is written to the logs."),
      ])
  }

  /// The JSON Schema of the config, for editors and validators.
  public var jsonSchema: JSONValue { schema.jsonSchema(title: "Lockstep config") }

  private var model: ObjectSchema {
    ObjectSchema(
      "model", "The network: layers, one behind the other.",
      fields: [
        Field(
          "input", .list(.integer(1...1 << 24), count: 1...3), default: .null,
          "Shape of one sample, [height, width, channels] or [values]; by default that of the data set."),
        Field("layers", .list(layers.fieldType, count: 1...1_000), "The layers, first to last."),
      ])
  }

  private var training: ObjectSchema {
    ObjectSchema(
      "training", "How the network is trained.",
      fields: [
        Field("epochs", .integer(1...1_000_000), "Passes over the training samples."),
        Field("batchSize", .integer(1...65_536), default: 128, "Samples of one step."),
        Field(
          "shards", .integer(1...1_024), default: .null,
          "Parts that a batch is cut into, the unit of parallel work; by default one for every 16 samples. "
            + "Decides the order of summation, and so the bits of the result."),
        Field("loss", losses.fieldType, default: "softmaxCrossEntropy", "What training makes small."),
        Field("optimizer", optimizers.fieldType, "The update rule."),
        Field("schedule", schedules.fieldType, default: "constant", "How the learning rate changes."),
        Field(
          "clipNorm", .number(.positive), default: .null,
          "Largest Euclidean norm of the gradient over all parameters; a longer one is scaled down. Off by default."),
        Field(
          "exactConvolution", .boolean, default: false,
          "Whether convolutions add up their products one by one. By default 3 × 3 ones may take Winograd's algorithm "
            + "(Lavin and Gray 2016), which needs fewer products and rounds otherwise."),
        Field(
          "precision", .oneOf(Precision.allCases.map(\.rawValue)), default: .string(Precision.float32.rawValue),
          "The numbers that are multiplied. With bfloat16, dense layers of more than a few units round inputs, weights "
            + "and output gradients to it and add in FP32. All else stays FP32. It needs a processor with AVX512-BF16."),
        Field(
          "earlyStopping", .object(EarlyStopping.schema), default: .null,
          "When the run ends before its last epoch; off by default."),
        Field(
          "onNonFinite", .oneOf(NonFinitePolicy.allCases.map(\.rawValue)),
          default: .string(NonFinitePolicy.stop.rawValue),
          "What becomes of a step whose loss or gradient is infinite or not a number: \"stop\" ends the run with an error "
            + "that names the layer; \"skipStep\" leaves the step's update out, counts it and goes on."),
        Field(
          "metrics", .list(metrics.fieldType, count: 0...16), default: ["accuracy"],
          "What is reported beside the loss."),
      ])
  }

  private var checkpoint: ObjectSchema {
    ObjectSchema(
      "checkpoint", "When the run is saved (always at its end and when it is stopped), and what is kept.",
      fields: [
        Field("everyEpochs", .integer(0...1_000_000), default: 1, "Save after so many epochs; 0 for never."),
        Field("everySteps", .integer(1 ... .max), default: .null, "Save after so many steps."),
        Field("everySeconds", .number(.positive), default: .null, "Save after so many seconds."),
        Field("keepLast", .integer(1...1_000_000), default: 3, "How many of the newest checkpoints are kept."),
        Field(
          "keepBest", .integer(0...1_000_000), default: 1, "How many of the best checkpoints are kept beside those."),
        Field(
          "onFailure", .oneOf(SaveFailurePolicy.allCases.map(\.rawValue)),
          default: .string(SaveFailurePolicy.stop.rawValue),
          "What becomes of the run where a save fails: \"stop\" ends it after one more try; \"continue\" warns, goes on, and "
            + "tries again when the next save is due. If the last one fails, the run ends with exit code 74 either way."
        ),
      ])
  }

  private var logging: ObjectSchema {
    ObjectSchema(
      "logging", "What is written to the logs.",
      fields: [
        Field("everySteps", .integer(1 ... .max), default: 50, "Write a line of metrics after so many steps."),
        Field(
          "tensorBoard", .boolean, default: true,
          "Whether to write event files, which `tensorboard --logdir Checkpoints` shows, beside metrics.jsonl and metrics.csv."
        ),
        Field(
          "histogramsEveryEpochs", .integer(0...1_000_000), default: 5,
          "Put histograms of weights and gradients into the event files after the first epoch and then after so many; 0 for "
            + "never."),
        Field(
          "imagesEveryEpochs", .integer(0...1_000_000), default: 5,
          "Put pictures of the first layer's filters and of the most confident mistakes into the event files after the first "
            + "epoch and then after so many; 0 for never."),
      ])
  }
}
