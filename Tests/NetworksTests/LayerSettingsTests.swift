import Networks
import Settings
import Tensors
import Testing

/// How configs become layers, losses and metrics.
@Suite("Layers from settings")
struct LayerSettingsTests {
  @Test("missing keys have the defaults of the initialisers in code")
  func defaults() throws {
    #expect(try Conv2D(["filters": 8, "kernel": 3]) == Conv2D(filters: 8, kernel: .init(3)))
    #expect(try Dense(["units": 10]) == Dense(units: 10))
    #expect(try MaxPool2D([:]) == MaxPool2D())
    #expect(try AveragePool2D([:]) == AveragePool2D())
    #expect(try GlobalAveragePool2D([:]) == GlobalAveragePool2D())
    #expect(try Flatten([:]) == Flatten())
    #expect(try SoftmaxCrossEntropy([:]) == SoftmaxCrossEntropy())
    #expect(try MeanSquaredError([:]) == MeanSquaredError())
    #expect(try Accuracy([:]) == Accuracy())
    #expect(try TopKAccuracy([:]) == TopKAccuracy())
  }

  @Test("every key arrives where it belongs")
  func keys() throws {
    #expect(
      try Conv2D([
        "filters": 8, "kernel": [3, 5], "stride": [2, 1], "padding": "same", "useBias": false, "activation": "relu",
        "kernelInitializer": "heNormal", "biasInitializer": "glorotUniform",
      ])
        == Conv2D(
          filters: 8, kernel: .init(height: 3, width: 5), stride: .init(height: 2, width: 1), padding: .same,
          useBias: false, activation: .relu, kernelInitializer: .heNormal, biasInitializer: .glorotUniform))
    #expect(
      try Dense([
        "units": 3, "useBias": false, "activation": "tanh", "kernelInitializer": "zeros",
        "biasInitializer": "heUniform",
      ])
        == Dense(
          units: 3, useBias: false, activation: .tanh, kernelInitializer: .zeros, biasInitializer: .heUniform))
    #expect(
      try MaxPool2D(["size": [3, 2], "stride": 1, "padding": "same"])
        == MaxPool2D(size: .init(height: 3, width: 2), stride: .init(1), padding: .same))
    #expect(try AveragePool2D(["size": 3]).stride == .init(3), "windows touch by default")
    #expect(try Dropout(["rate": 0.25]) == Dropout(rate: 0.25))
    #expect(try SoftmaxCrossEntropy(["labelSmoothing": 0.1]) == SoftmaxCrossEntropy(labelSmoothing: 0.1))
    #expect(try TopKAccuracy(["k": 2]) == TopKAccuracy(k: 2))
  }

  @Test("an activation is a name, or an object where there is something to set")
  func activations() throws {
    let cases: [(JSONValue, ActivationFunction)] = [
      ("relu", .relu), ("leakyRelu", .leakyRelu(slope: 0.3)), ("gelu", .gelu), ("silu", .silu), ("tanh", .tanh),
      ("sigmoid", .sigmoid), (["type": "leakyRelu", "slope": 0.1], .leakyRelu(slope: 0.1)), (["type": "gelu"], .gelu),
    ]
    for (value, function) in cases {
      #expect(try Activation(["function": value]).function == function)
      #expect(try Dense(["units": 1, "activation": value]).activation == function)
      #expect(try Conv2D(["filters": 1, "kernel": 1, "activation": value]).activation == function)
    }
    #expect(try Dense(["units": 1, "activation": .null]).activation == nil)
  }

  @Test(
    "values that cannot be are refused with their key",
    arguments: [
      ("dropout", ["rate": 1], "rate"), ("dropout", ["rate": 0.999_999_999], "rate"),
      ("dropout", ["rate": -0.1], "rate"),
      ("dense", ["units": 0], "units"), ("conv2d", ["filters": 1, "kernel": 0], "kernel"),
      ("conv2d", ["filters": 1, "kernel": [3]], "kernel"), ("conv2d", ["filters": 1, "kernel": 2_000], "kernel"),
      ("conv2d", ["filters": 1, "kernel": 3, "stride": 0], "stride"), ("maxPool2d", ["padding": "full"], "padding"),
      ("dense", ["units": 1, "kernelInitializer": "twos"], "kernelInitializer"),
      ("dense", ["units": 1, "activation": ["type": "leakyRelu", "slope": -1]], "activation.slope"),
    ] as [(String, JSONValue, String)])
  func refused(type: String, keys: JSONValue, path: String) throws {
    let layer = try #require(LayerTable.standard.kinds.first { $0.schema.name == type })
    let error = try #require(throws: SettingsError.self) { try layer.init(keys) }
    #expect(error.path == path)
  }

  @Test("a smoothing that leaves no label is refused")
  func smoothing() {
    #expect(throws: SettingsError.self) { try SoftmaxCrossEntropy(["labelSmoothing": 0.999_999_999_9]) }
  }
}

/// A layer of a library user.
private struct Doubling: Layer {
  static let kerasClass = "Doubling"
  static let schema = ObjectSchema("doubling", "y = 2 x.")

  init(settings: Settings) throws(SettingsError) {}
  var keys: JSONValue { [:] }

  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    LayerPlan(Twice(), output: input, flops: input.count, memory: .inPlaceAllowed)
  }

  struct Twice: LayerOperation {
    func forward(_ pass: ForwardPass) {
      for index in 0..<pass.output.count { pass.output[index] = 2 * pass.input[index] }
    }

    func backward(_ pass: BackwardPass) {
      guard let inputGradient = pass.inputGradient else { return }
      for index in 0..<inputGradient.count { inputGradient[index] = 2 * pass.outputGradient[index] }
    }
  }
}

@Suite("Tables")
struct TableTests {
  @Test("every kind can be made from its name and, of a list, comes in order")
  func make() throws {
    let schema = ObjectSchema(
      "model", "A model.",
      fields: [Field("layers", .list(LayerTable.standard.fieldType, count: 0...9), "Layers.")])
    let settings = try schema.decode(
      json: """
        {"layers": [{"type": "conv2d", "filters": 2, "kernel": 3}, {"type": "maxPool2d"}, {"type": "averagePool2d"},
          {"type": "globalAveragePool2d"}, {"type": "dense", "units": 2}, {"type": "flatten"},
          {"type": "dropout", "rate": 0.5}, {"type": "activation", "function": "relu"}, "flatten"]}
        """)
    let layers = try settings.settingsList("layers").map { try LayerTable.standard.make($0) }
    #expect(
      layers.map { type(of: $0).schema.name } == LayerTable.standard.kinds.map { $0.schema.name } + ["flatten"])
  }

  @Test("losses and metrics are made from a name or an object")
  func losses() throws {
    let schema = ObjectSchema(
      "training", "Training.",
      fields: [
        Field("loss", LossTable.standard.fieldType, "Loss."),
        Field("metrics", .list(MetricTable.standard.fieldType, count: 0...9), "Metrics."),
      ])
    let settings = try schema.decode(
      json: #"{"loss": "softmaxCrossEntropy", "metrics": ["accuracy", {"type": "topKAccuracy", "k": 3}]}"#)
    #expect(try LossTable.standard.make(settings.settings("loss")) as? SoftmaxCrossEntropy == SoftmaxCrossEntropy())
    let metrics = try settings.settingsList("metrics").map { try MetricTable.standard.make($0) }
    #expect(metrics.map(\.name) == ["accuracy", "top3Accuracy"])
  }

  @Test("a library user's layer joins the table and runs")
  func ownLayer() throws {
    let table = LayerTable.standard.adding(Doubling.self)
    #expect(table.kinds.last?.schema.name == "doubling")
    let layer = try table.make(Doubling.schema.decode([:]))
    let plain = try TrainingSet(input: [3], layers: [Dense(units: 2)], samples: 1, kernels: .best).evaluate()
    let doubled = try TrainingSet(input: [3], layers: [Dense(units: 2), layer], samples: 1, kernels: .best).evaluate()
    #expect(doubled.outputs == plain.outputs.map { 2 * $0 })
  }
}
