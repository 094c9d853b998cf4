import Settings

/// A small config schema that has every type of field.
enum Samples {
  static let adam = ObjectSchema(
    "adam", "Adam (Kingma and Ba 2015).",
    fields: [
      Field("learningRate", .number(.positive), default: 0.001, "Step size."),
      Field("beta1", .number(.from(0, below: 1)), default: 0.9, "Decay of the first moment."),
    ])
  static let sgd = ObjectSchema(
    "sgd", "Stochastic gradient descent.",
    fields: [
      Field("learningRate", .number(.positive), default: 0.01, "Step size."),
      Field("momentum", .number(.from(0, through: 1)), default: 0, "Share of the last step."),
      Field("nesterov", .boolean, default: false, "Look ahead."),
    ])
  static let conv2d = ObjectSchema(
    "conv2d", "Convolution.",
    fields: [
      Field("filters", .integer(1...65536), "Output channels."),
      Field(
        "kernel", .either([.integer(1...64), .list(.integer(1...64), count: 2...2)]), default: 3, "Height and width."),
      Field("padding", .oneOf(["valid", "same"]), default: "valid", "Border."),
    ])
  static let dense = ObjectSchema(
    "dense", "Fully connected.", fields: [Field("units", .integer(1...65536), "Outputs.")])
  static let flatten = ObjectSchema("flatten", "One axis out of all.")
  static let idx = ObjectSchema(
    "idx", "IDX files.",
    fields: [
      Field("directory", .string, default: .null, "Folder."),
      Field("scales", .list(.number(.any), count: 0 ... .max), default: [0.5, 2], "Factors."),
    ])
  static let digits = ObjectSchema("digits", "Drawn digits.")
  static let training = ObjectSchema(
    "training", "How to train.",
    fields: [
      Field("epochs", .integer(1 ... .max), "Passes over the data."),
      Field("batchSize", .integer(1...65536), default: 128, "Samples in a step."),
      Field("optimizer", .variant([sgd, adam]), default: ["type": "adam"], "Update rule."),
      Field("clipNorm", .number(.positive), default: .null, "Largest norm of the gradient."),
    ])
  static let config = ObjectSchema(
    "config", "A run.",
    fields: [
      Field("name", .fileName, default: "run", "Name of the run."),
      Field("seed", .integer(0...1 << 53), default: 0, "Seed of all randomness."),
      Field("data", .variant([idx, digits], tag: "dataset"), default: ["dataset": "digits"], "Samples."),
      Field("layers", .list(.variant([conv2d, dense, flatten]), count: 1...64), "The network."),
      Field("training", .object(training), "How to train."),
    ])

  /// A config that gives every required key and no other.
  static let small = """
    {
      "layers": ["flatten", { "type": "dense", "units": 10 }],
      "training": { "epochs": 2 }
    }
    """
}
