import Networks
import Settings
import Tensors
import Testing
import Training

/// What a config says is what a run gets.
@Suite struct ConfigTests {
  static let smallest = """
    {
      "data": "digits",
      "model": { "layers": ["flatten", { "type": "dense", "units": 10 }] },
      "training": { "epochs": 1, "optimizer": "sgd" }
    }
    """

  @Test func defaultsAreTheDocumentedOnes() throws {
    let config = try RunConfig(text: Self.smallest)
    #expect(config.name == "run")
    #expect(config.seed == 0)
    #expect(config.model.input == nil)
    #expect(config.training.batchSize == 128)
    #expect(config.training.shards == nil)
    #expect(config.training.clip == nil)
    #expect(type(of: config.training.loss).schema.name == "softmaxCrossEntropy")
    #expect(type(of: config.training.schedule).schema.name == "constant")
    #expect(config.training.metrics.map(\.name) == ["accuracy"])
    #expect(config.checkpoint.everyEpochs == 1)
    #expect(config.checkpoint.everySteps == nil && config.checkpoint.everySeconds == nil)
    #expect(config.checkpoint.keepLast == 3 && config.checkpoint.keepBest == 1)
    #expect(config.logging.everySteps == 50)
  }

  @Test func everyKeyArrives() throws {
    let config = try RunConfig(text: ConfigErrorTests.good)
    #expect(config.name == "test")
    #expect(config.seed == 7)
    #expect(config.model.input == [28, 28, 1])
    #expect(
      config.model.layers.map { type(of: $0).schema.name } == ["conv2d", "maxPool2d", "flatten", "dropout", "dense"])
    #expect(config.training.epochs == 2)
    #expect(config.training.batchSize == 32)
    #expect(config.training.shards == 4)
    #expect(config.training.optimizer.learningRate == 0.001)
    #expect(config.training.clip?.maxNorm == 1)
    #expect(config.logging.everySteps == 10)
  }

  @Test func overridesComeBeforeDecoding() throws {
    let config = try RunConfig(
      text: Self.smallest,
      overrides: [
        Override("training.epochs=3"), Override("training.optimizer.learningRate=0.5"),
        Override("training.loss.labelSmoothing=0.25"), Override("model.layers[1].units=4"), Override("seed=9"),
        Override("checkpoint.everySteps=5"),
      ])
    #expect(config.training.epochs == 3)
    #expect(config.training.optimizer.learningRate == 0.5)
    #expect((config.training.loss as? SoftmaxCrossEntropy)?.labelSmoothing == 0.25)
    #expect((config.model.layers[1] as? Dense)?.units == 4)
    #expect(config.seed == 9)
    #expect(config.checkpoint.everySteps == 5)
  }

  @Test func schemaKeyOfEditorsIsIgnored() throws {
    let text = "{ \"$schema\": \"../schema.json\"," + Self.smallest.dropFirst()
    #expect(try RunConfig(text: text).resolved == RunConfig(text: Self.smallest).resolved)
  }

  @Test func resolvedConfigNamesTheRunFirst() throws {
    let text = try RunConfig(text: Self.smallest).resolved.prettyPrinted
    #expect(text.hasPrefix("{\n  \"name\": \"run\",\n  \"seed\": 0,\n  \"data\": {\n    \"dataset\": \"digits\",\n"))
  }

  @Test(arguments: [("Configs/digits.json", "digits"), ("a.b.json", "a.b"), ("/x/.json", ".json"), ("plain", "plain")])
  func baseNameIsTheFileNameWithoutExtension(path: String, name: String) {
    #expect(ConfigFile(path: path, bytes: []).baseName == name)
  }

  @Test func configsCanNameLayersOfOnesOwn() throws {
    var vocabulary = ConfigVocabulary.standard
    vocabulary.layers = vocabulary.layers.adding(Reversal.self)
    let override = try Override("model.layers=[\"reversal\", {\"type\": \"dense\", \"units\": 2}]")
    let config = try RunConfig(text: Self.smallest, overrides: [override], vocabulary: vocabulary)
    #expect(config.model.layers.first is Reversal)
    #expect(throws: SettingsError.self) { try RunConfig(text: Self.smallest, overrides: [override]) }
  }

  @Test func networksThatCannotBeBuiltAreReportedAtTheirLayer() throws {
    #expect(
      try problem(["model.input=[2, 2, 1]"], input: [2, 2, 1])
        == "config:8:51: model.layers[0].kernel: layer 0 (conv2d): input is 2 × 2 × 1, but a 3 × 3 kernel needs at least "
        + "3 × 3; use padding \"same\" or a smaller kernel")
    #expect(
      try problem(["model.layers=[\"flatten\"]"], input: [28, 28, 1])
        == "--set model.layers=[\"flatten\"]: model.layers: no layer has parameters, so there is nothing to train; "
        + "add a dense or conv2d layer")
  }

  private func problem(_ overrides: [String], input: Shape) throws -> String? {
    let config = try RunConfig(text: ConfigErrorTests.good, overrides: overrides.map { try Override($0) })
    let kernels = try #require(Kernels(.portable))
    do throws(NetworkError) {
      _ = try Network(input: input, layers: config.model.layers, kernels: kernels)
      return nil
    } catch {
      return config.model.error(error).description
    }
  }
}

/// A layer that this library does not have.
private struct Reversal: Layer {
  static let kerasClass = "Reversal"
  static let schema = ObjectSchema("reversal", "Turns a sample around.")
  init(settings: Settings) throws(SettingsError) {}
  var keys: JSONValue { [:] }
  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan { .alias(input) }
}
