import Lockstep

/// Layer normalization (Ba, Kiros and Hinton 2016), over the last axis of the input:
///
///     y = gamma · (x − mean) / √(variance + epsilon) + beta
///
/// Mean and variance are those of one row (of one pixel's channels, where the input is an image). gamma and beta, `[channels]`, are
/// learnt, and begin as 1 and 0. As Keras's layer of this name.
struct LayerNormalization: Layer, Equatable {
  /// Keeps the denominator away from 0.
  var epsilon: Float = 0.001

  static let kerasClass = "LayerNormalization"

  static let schema = ObjectSchema(
    "layerNormalization", "Gives each row mean 0 and variance 1, then scales and shifts it (Ba et al. 2016).",
    fields: [
      Field("epsilon", .number(.from(1e-12, through: 1)), default: 0.001, "Keeps the denominator away from 0.")
    ])

  init(epsilon: Float = 0.001) { self.epsilon = epsilon }

  init(settings: Settings) throws(SettingsError) { epsilon = Float(settings.number("epsilon")) }

  var keys: JSONValue { ["epsilon": .single(epsilon)] }

  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    guard let channels = input.dimensions.last, channels >= 2 else {
      throw ShapeError("input is \(input), but layerNormalization needs 2 channels or more: one alone would become 0")
    }
    let parameters = [("gamma", Initializer.ones), ("beta", .zeros)].map { name, initializer in
      ParameterSpec(name: name, shape: [channels], initializer: initializer, fanIn: channels, fanOut: channels)
    }
    return LayerPlan(
      RowNormalization(channels: channels, rows: input.count / channels, epsilon: epsilon), output: input,
      parameters: parameters, flops: 8 * input.count, backwardReads: .input)
  }
}

/// The arithmetic for one shape. It holds numbers only, so that all workers can use it at once.
private struct RowNormalization: LayerOperation {
  let channels: Int
  /// Rows of one sample.
  let rows: Int
  let epsilon: Float

  func forward(_ pass: ForwardPass) {
    let (gamma, beta) = (pass.parameters[0], pass.parameters[1])
    for row in 0..<pass.samples * rows {
      let range = row * channels..<(row + 1) * channels
      let (x, y) = (pass.input[range], pass.output[range])
      let (mean, factor) = moments(x)
      for channel in 0..<channels { y[channel] = gamma[channel] * ((x[channel] - mean) * factor) + beta[channel] }
    }
  }

  /// With x̂ = (x − mean) · factor and g = dy · gamma:
  ///
  ///     dgamma = Σ dy · x̂        dbeta = Σ dy        dx = factor · (g − mean(g) − x̂ · mean(g · x̂))
  func backward(_ pass: BackwardPass) {
    let (gamma, dGamma, dBeta) = (pass.parameters[0], pass.gradients[0], pass.gradients[1])
    // The gradients are written, not added to: they begin with this shard.
    dGamma.fill(with: 0)
    dBeta.fill(with: 0)
    for row in 0..<pass.samples * rows {
      let range = row * channels..<(row + 1) * channels
      let (x, dy) = (pass.input[range], pass.outputGradient[range])
      let (mean, factor) = moments(x)
      var (sum, product): (Float, Float) = (0, 0)
      for channel in 0..<channels {
        let normal = (x[channel] - mean) * factor
        dGamma[channel] += dy[channel] * normal
        dBeta[channel] += dy[channel]
        sum += dy[channel] * gamma[channel]
        product += dy[channel] * gamma[channel] * normal
      }
      guard let dx = pass.inputGradient?[range] else { continue }
      let (meanSum, meanProduct) = (sum / Float(channels), product / Float(channels))
      for channel in 0..<channels {
        let normal = (x[channel] - mean) * factor
        dx[channel] = factor * (dy[channel] * gamma[channel] - meanSum - normal * meanProduct)
      }
    }
  }

  /// A row's mean, and 1 / √(variance + epsilon).
  private func moments(_ x: View<Float>) -> (mean: Float, factor: Float) {
    var (mean, variance): (Float, Float) = (0, 0)
    for channel in 0..<channels { mean += x[channel] }
    mean /= Float(channels)
    for channel in 0..<channels { variance += (x[channel] - mean) * (x[channel] - mean) }
    return (mean, 1 / (variance / Float(channels) + epsilon).squareRoot())
  }
}
