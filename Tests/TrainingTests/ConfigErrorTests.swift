import Settings
import Testing
import Training

/// Each bad config is refused with its exact message; the command ends with exit code 78.
@Suite struct ConfigErrorTests {
  /// A good config with one line changed.
  struct Change: Sendable {
    /// What the changed line replaces; it is in the good config once.
    let good: String
    /// The line.
    let bad: String
    /// The message, without the file.
    let message: String
  }

  static let good = """
    {
      "name": "test",
      "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 100 },
      "model": {
        "input": [28, 28, 1],
        "layers": [
          { "type": "conv2d", "filters": 4, "kernel": 3, "activation": "relu" },
          { "type": "maxPool2d", "size": 2 },
          { "type": "flatten" },
          { "type": "dropout", "rate": 0.5 },
          { "type": "dense", "units": 10 }
        ]
      },
      "training": {
        "epochs": 2,
        "batchSize": 32,
        "shards": 4,
        "loss": "softmaxCrossEntropy",
        "optimizer": { "type": "adam", "learningRate": 0.001 },
        "schedule": "cosine",
        "clipNorm": 1.0,
        "metrics": ["accuracy"]
      },
      "checkpoint": { "everyEpochs": 1, "keepLast": 3, "keepBest": 1 },
      "logging": { "everySteps": 10 }
    }
    """

  static let changes: [Change] = [
    // Syntax.
    .init(good: "\"seed\": 7,", bad: "\"seed\": 7", message: "4:3: expected \",\" or \"}\", found \"\\\"\""),
    .init(good: "\"seed\": 7,", bad: "\"seed\": 07,", message: "3:11: a number has no leading zeros"),
    .init(good: "\"seed\": 7,", bad: "seed: 7,", message: "3:3: keys are written in double quotes: \"seed\""),
    .init(good: "\"seed\": 7,", bad: "// the seed", message: "3:3: JSON has no comments; remove it"),
    .init(
      good: "\"seed\": 7,", bad: "\"name\": \"x\",",
      message: "3:3: duplicate key \"name\"; it is already at line 2, column 3"),
    .init(good: "\"units\": 10 }", bad: "\"units\": 10 },", message: "12:39: nothing follows this comma; remove it"),
    .init(
      good: "\"rate\": 0.5", bad: "\"rate\": .5", message: "11:36: a number begins with a digit: write 0.5, not .5"),
    .init(
      good: "\"learningRate\": 0.001", bad: "\"learningRate\": NaN",
      message: "20:52: NaN is not a JSON number; numbers are finite"),
    .init(
      good: "\"learningRate\": 0.001", bad: "\"learningRate\": 1e999",
      message: "20:52: 1e999 is out of the range of numbers, ±1.8e308"),
    .init(good: "\"clipNorm\": 1.0,", bad: "\"clipNorm\": True,", message: "22:17: True is written true"),
    // Keys.
    .init(good: "\"seed\": 7,", bad: "\"sede\": 7,", message: "3:3: unknown key \"sede\"; did you mean \"seed\"?"),
    .init(
      good: "\"seed\": 7,", bad: "\"threads\": 7,",
      message:
        "3:3: unknown key \"threads\"; known keys: $schema, name, seed, data, model, training, checkpoint, logging"),
    .init(
      good: "\"batchSize\": 32,", bad: "\"batchsize\": 32,",
      message: "17:5: training: unknown key \"batchsize\"; did you mean \"batchSize\"?"),
    .init(
      good: "\"filters\": 4", bad: "\"filter\": 4",
      message: "8:27: model.layers[0]: unknown key \"filter\"; did you mean \"filters\"?"),
    .init(
      good: "{ \"type\": \"flatten\" }", bad: "{ \"type\": \"flatten\", \"axis\": 1 }",
      message: "10:28: model.layers[2]: unknown key \"axis\"; known keys: type"),
    .init(
      good: "\"everyEpochs\"", bad: "\"everyEpoch\"",
      message: "25:19: checkpoint: unknown key \"everyEpoch\"; did you mean \"everyEpochs\"?"),
    .init(
      good: "\"epochs\": 2,", bad: "",
      message: "15:15: training: the key \"epochs\" is missing; expected an integer, 1 to 1000000"),
    .init(
      good: "\"optimizer\": { \"type\": \"adam\", \"learningRate\": 0.001 },", bad: "",
      message:
        "15:15: training: the key \"optimizer\" is missing; expected an object with the key \"type\", or a bare name"),
    .init(
      good: ", \"units\": 10", bad: "",
      message: "12:7: model.layers[4]: the key \"units\" is missing; expected an integer, 1 to 1000000"),
    .init(
      good: "\"data\": { \"dataset\": \"digits\", \"trainSamples\": 100 },", bad: "",
      message: "1:1: the key \"data\" is missing; expected an object with the key \"dataset\", or a bare name"),
    .init(
      good: "\"type\": \"adam\", ", bad: "",
      message:
        "20:18: training.optimizer: the key \"type\" is missing; expected \"sgd\", \"adam\", \"adamW\" or \"rmsProp\""),
    .init(
      good: "{ \"dataset\": \"digits\", \"trainSamples\": 100 }", bad: "{ \"trainSamples\": 100 }",
      message: "4:11: data: the key \"dataset\" is missing; expected \"mnist\", \"cifar10\", \"digits\" or \"memory\""),
    // Names.
    .init(
      good: "\"conv2d\"", bad: "\"conv3d\"",
      message: "8:17: model.layers[0].type: unknown type \"conv3d\"; did you mean \"conv2d\"?"),
    .init(
      good: "\"maxPool2d\"", bad: "\"MaxPool2D\"",
      message: "9:17: model.layers[1].type: unknown type \"MaxPool2D\"; did you mean \"maxPool2d\"?"),
    .init(
      good: "\"relu\"", bad: "\"rellu\"",
      message: "8:68: model.layers[0].activation: unknown type \"rellu\"; did you mean \"relu\"?"),
    .init(
      good: "\"digits\"", bad: "\"mnst\"",
      message: "4:24: data.dataset: unknown dataset \"mnst\"; did you mean \"mnist\"?"),
    .init(
      good: "\"adam\"", bad: "\"lion\"",
      message:
        "20:28: training.optimizer.type: unknown type \"lion\"; expected \"sgd\", \"adam\", \"adamW\" or \"rmsProp\""),
    .init(
      good: "\"softmaxCrossEntropy\"", bad: "\"crossEntropy\"",
      message: "19:13: training.loss: unknown type \"crossEntropy\"; did you mean \"softmaxCrossEntropy\"?"),
    .init(
      good: "\"cosine\"", bad: "\"linear\"",
      message: "21:17: training.schedule: unknown type \"linear\"; "
        + "expected \"constant\", \"step\", \"exponential\", \"cosine\" or \"oneCycle\""),
    .init(
      good: "[\"accuracy\"]", bad: "[\"acuracy\"]",
      message: "23:17: training.metrics[0]: unknown type \"acuracy\"; did you mean \"accuracy\"?"),
    .init(
      good: "\"test\"", bad: "\"../test\"",
      message: "2:11: name: \"../test\" cannot name a file; expected a string of 1 to 100 letters, digits, "
        + "\".\", \"_\" and \"-\", not beginning with \".\" or \"-\""),
    // Types.
    .init(
      good: "\"seed\": 7,", bad: "\"seed\": \"7\",", message: "3:11: seed: expected an integer, found the string \"7\""),
    .init(
      good: "\"epochs\": 2,", bad: "\"epochs\": 2.5,", message: "16:15: training.epochs: expected an integer, found 2.5"
    ),
    .init(
      good: "\"kernel\": 3", bad: "\"kernel\": \"3x3\"",
      message: "8:51: model.layers[0].kernel: expected an integer or an array of 2 integers, found the string \"3x3\""),
    .init(
      good: "[28, 28, 1]", bad: "28", message: "6:14: model.input: expected an array of integers, found 28"),
    .init(
      good: "[\"accuracy\"]", bad: "\"accuracy\"",
      message: "23:16: training.metrics: expected an array of objects, found the string \"accuracy\""),
    .init(
      good: "{ \"everySteps\": 10 }", bad: "10", message: "26:14: logging: expected an object, found 10"),
    .init(
      good: "\"shards\": 4,", bad: "\"shards\": [4],",
      message: "18:15: training.shards: expected an integer, found an array"),
    // Ranges.
    .init(
      good: "\"seed\": 7,", bad: "\"seed\": -7,",
      message: "3:11: seed: -7 is out of range; expected 0 to 9007199254740992"),
    .init(
      good: "\"epochs\": 2,", bad: "\"epochs\": 0,",
      message: "16:15: training.epochs: 0 is out of range; expected 1 to 1000000"),
    .init(
      good: "\"batchSize\": 32,", bad: "\"batchSize\": 100000,",
      message: "17:18: training.batchSize: 100000 is out of range; expected 1 to 65536"),
    .init(
      good: "\"rate\": 0.5", bad: "\"rate\": 1.0",
      message: "11:36: model.layers[3].rate: 1.0 is out of range; expected 0 or more and below 1"),
    .init(
      good: "\"learningRate\": 0.001", bad: "\"learningRate\": 0",
      message: "20:52: training.optimizer.learningRate: 0 is out of range; expected above 0 and at most 1000000"),
    .init(
      good: "\"clipNorm\": 1.0,", bad: "\"clipNorm\": -1,",
      message: "22:17: training.clipNorm: -1 is out of range; expected above 0"),
    .init(
      good: "[28, 28, 1]", bad: "[28, 28, 1, 1]",
      message: "6:14: model.input: the array has 4 elements; expected 1 to 3"),
    .init(
      good: "[28, 28, 1]", bad: "[28, 0, 1]", message: "6:19: model.input[1]: 0 is out of range; expected 1 to 16777216"
    ),
    .init(
      good: "\"keepLast\": 3", bad: "\"keepLast\": 0",
      message: "25:49: checkpoint.keepLast: 0 is out of range; expected 1 to 1000000"),
    .init(
      good: "\"trainSamples\": 100", bad: "\"trainSamples\": 0",
      message: "4:50: data.trainSamples: 0 is out of range; expected 1 to 1000000"),
    // Values that contradict each other.
    .init(
      good: "[28, 28, 1]", bad: "[65536, 65536, 3]",
      message: "6:14: model.input: the shape has too many elements; at most 2147483647 are possible"),
    .init(
      good: "\"shards\": 4,", bad: "\"shards\": 33,",
      message: "18:15: training.shards: 33 shards are more than the 32 samples of a batch"),
    .init(
      good: "[\"accuracy\"]", bad: "[\"accuracy\", { \"type\": \"accuracy\" }]",
      message: "23:29: training.metrics[1]: the metric \"accuracy\" is listed twice"),
    .init(
      good: "\"rate\": 0.5", bad: "\"rate\": 0.99999999999",
      message: "11:36: model.layers[3].rate: a rate this close to 1 drops everything"),
  ]

  @Test func theConfigIsGoodBeforeItIsChanged() throws {
    #expect(try RunConfig(text: Self.good).name == "test")
  }

  @Test(arguments: changes)
  func isRefused(change: Change) throws {
    let parts = Self.good.split(separator: change.good, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\(change.good) is in the config \(parts.count - 1) times")
    do throws(SettingsError) {
      _ = try RunConfig(text: parts.joined(separator: change.bad), source: "c.json")
      Issue.record("not refused: \(change.bad)")
    } catch {
      #expect(error.description == "c.json:" + change.message)
    }
  }

  @Test func filesThatCannotBeReadAreNamed() throws {
    #expect(problem("/nonexistent/c.json") == "cannot read /nonexistent/c.json: No such file or directory")
    #expect(problem("/") == "/ is a directory, but a config is expected, a JSON file")
    // A file without an end is read only as far as it can still be a config.
    #expect(try ConfigFile(path: "/dev/zero").bytes.count <= JSONParser.largestInput + 1 << 16)
  }

  private func problem(_ path: String) -> String? {
    do throws(TrainingError) {
      _ = try ConfigFile(path: path)
      return nil
    } catch {
      return error.description
    }
  }
}
