import Networks
import Settings
import Tensors
import Training

/// A layer that hands on what it gets, but for some samples of some steps, of which it makes what a run should not meet.
struct FaultyLayer: Layer {
  /// Share of the samples, and what becomes of an element of each.
  let (rate, value): (Float, Float)
  let isForward: Bool

  static let kerasClass = "Faulty"
  static let schema = ObjectSchema(
    "faulty", "Makes faults.",
    fields: [
      Field("rate", .number(.from(0, below: 1)), "Share of the samples."),
      Field("value", .oneOf(["nan", "infinity", "huge"]), default: "nan", "What becomes of their first element."),
      Field("pass", .oneOf(["forward", "backward"]), default: "forward", "In which pass."),
    ])

  init(settings: Settings) throws(SettingsError) {
    rate = Float(settings.number("rate"))
    value = ["nan": .nan, "infinity": -.infinity, "huge": 3e38][settings.string("value")] ?? 0
    isForward = settings.string("pass") == "forward"
  }

  var keys: JSONValue {
    [
      "rate": .single(rate), "value": value.isNaN ? "nan" : value.isInfinite ? "infinity" : "huge",
      "pass": isForward ? "forward" : "backward",
    ]
  }

  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    LayerPlan(Operation(layer: self, count: input.count), output: input)
  }

  private struct Operation: LayerOperation {
    let layer: FaultyLayer
    let count: Int

    func forward(_ pass: ForwardPass) {
      pass.output.copy(from: pass.input)
      if layer.isForward, let random = pass.random { spoil(pass.output, samples: pass.samples, random) }
    }

    func backward(_ pass: BackwardPass) {
      guard let gradient = pass.inputGradient else { return }
      gradient.copy(from: pass.outputGradient)
      if !layer.isForward { spoil(gradient, samples: pass.samples, pass.random) }
    }

    private func spoil(_ values: MutableView<Float>, samples: Int, _ random: LayerRandom) {
      for sample in 0..<samples {
        var stream = random.stream(sample: sample, purpose: .test)
        if stream.uniform() < layer.rate { values[sample * count] = layer.value }
      }
    }
  }
}

extension ConfigVocabulary {
  /// The program's own and the layers that make trouble.
  static var withFaults: ConfigVocabulary {
    var vocabulary = ConfigVocabulary.standard
    vocabulary.layers = vocabulary.layers.adding(FaultyLayer.self).adding(StallingLayer.self)
    return vocabulary
  }
}
