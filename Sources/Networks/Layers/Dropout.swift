import Settings
import Tensors

/// Inverted dropout (Srivastava et al. 2014): in training an element is set to 0 with probability `rate`, else
/// multiplied by `1 / (1 − rate)`; in evaluation nothing happens. The shape stays.
///
/// Which elements are dropped depends on the seed, the step, the layer and the sample's place in the minibatch alone.
/// The mask is kept for the backward pass, a bit for each element.
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

  public var keys: JSONValue { ["rate": .single(rate)] }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    if rate == 0 { return .alias(input) }
    return LayerPlan(
      RandomMask(rate: rate, count: input.count), output: input, flops: input.count, memory: .inPlaceAllowed,
      savedBytes: Kernels.dropoutBytes(input.count))
  }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? { .dropout(rate: rate) }
}

/// A mask drawn in the forward pass, applied to values there and to gradients backward.
private struct RandomMask: LayerOperation {
  let rate: Float
  /// Elements of one sample.
  let count: Int

  func forward(_ pass: ForwardPass) {
    if let random = pass.random {
      for sample in 0..<pass.samples {
        let range = sample * count..<(sample + 1) * count
        pass.kernels.dropout(
          rate: rate, stream: random.stream(sample: sample, purpose: .dropout), input: pass.input[range],
          output: pass.output[range], kept: pass.saved[bytes(ofSample: sample)])
      }
    } else if !pass.isInPlace {
      pass.output.copy(from: pass.input)
    }
  }

  func backward(_ pass: BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    for sample in 0..<pass.samples {
      let range = sample * count..<(sample + 1) * count
      pass.kernels.dropoutBackward(
        rate: rate, kept: pass.saved[bytes(ofSample: sample)], outputGradient: pass.outputGradient[range],
        inputGradient: inputGradient[range])
    }
  }

  private func bytes(ofSample sample: Int) -> Range<Int> {
    let bytes = Kernels.dropoutBytes(count)
    return sample * bytes..<(sample + 1) * bytes
  }
}
