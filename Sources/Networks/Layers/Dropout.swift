import Settings
import Tensors

/// Inverted dropout (Srivastava et al. 2014): in training an element is set to 0 with probability `rate`, else
/// multiplied by `1 / (1 − rate)`; in evaluation nothing happens. The shape stays.
///
/// Which elements are dropped depends on the seed, the step, the layer and the sample's place in the minibatch alone.
/// The mask is drawn again for the backward pass, so it is not kept.
public struct Dropout: Layer, Equatable {
  /// Probability that an element is dropped, in [0, 1).
  public let rate: Float

  /// - Precondition: `rate` is in [0, 1).
  public init(rate: Float) {
    precondition(rate >= 0 && rate < 1, "dropout rate must be in [0, 1)")
    self.rate = rate
  }

  public static let kerasClass = "Dropout"

  public static let schema = ObjectSchema(
    "dropout",
    "In training sets elements to 0 at random and scales the others by 1 / (1 − rate) (Srivastava et al. 2014).",
    fields: [Field("rate", .number(.from(0, below: 1)), "Probability that an element is set to 0.")])

  public init(settings: Settings) throws(SettingsError) {
    let rate = Float(settings.number("rate"))
    // A number just below 1 may round to 1 in single precision.
    guard rate < 1 else { throw settings.error("rate", "a rate this close to 1 drops everything") }
    self.init(rate: rate)
  }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    if rate == 0 { return .alias(input) }
    return LayerPlan(
      RandomMask(rate: rate, count: input.count), output: input, flops: input.count, memory: .inPlaceAllowed)
  }
}

/// The mask of a step, applied to values forward and to gradients backward.
private struct RandomMask: LayerOperation {
  let rate: Float
  /// Elements of one sample.
  let count: Int

  func forward(_ pass: ForwardPass) {
    if let random = pass.random {
      apply(random, samples: pass.samples, from: pass.input, to: pass.output, kernels: pass.kernels)
    } else if !pass.isInPlace {
      pass.output.copy(from: pass.input)
    }
  }

  func backward(_ pass: BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    apply(pass.random, samples: pass.samples, from: pass.outputGradient, to: inputGradient, kernels: pass.kernels)
  }

  private func apply(
    _ random: LayerRandom, samples: Int, from source: View<Float>, to target: MutableView<Float>, kernels: Kernels
  ) {
    for sample in 0..<samples {
      let range = sample * count..<(sample + 1) * count
      kernels.dropout(
        rate: rate, stream: random.stream(sample: sample, purpose: .dropout), input: source[range],
        output: target[range])
    }
  }
}
