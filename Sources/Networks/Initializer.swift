import Tensors

/// How first weights are drawn; the names are Keras's.
public enum Initializer: String, Sendable, CaseIterable {
  /// All 0.
  case zeros
  /// All 1.
  case ones
  /// U(−a, a), a = √(6 / (fan in + fan out)) (Glorot and Bengio 2010).
  case glorotUniform
  /// Truncated normal, σ² = 2 / (fan in + fan out) (Glorot and Bengio 2010).
  case glorotNormal
  /// U(−a, a), a = √(6 / fan in) (He et al. 2015).
  case heUniform
  /// Truncated normal, σ² = 2 / fan in (He et al. 2015).
  case heNormal

  /// Draws a tensor, element by element in row-major order.
  func fill(_ values: MutableView<Float>, spec: ParameterSpec, random: inout RandomStream) {
    let mean = Double(spec.fanIn + spec.fanOut) / 2
    switch self {
    case .zeros: values.fill(with: 0)
    case .ones: values.fill(with: 1)
    case .glorotUniform: uniform(values, limit: (3 / mean).squareRoot(), random: &random)
    case .heUniform: uniform(values, limit: (6 / Double(spec.fanIn)).squareRoot(), random: &random)
    case .glorotNormal: truncatedNormal(values, deviation: (1 / mean).squareRoot(), random: &random)
    case .heNormal: truncatedNormal(values, deviation: (2 / Double(spec.fanIn)).squareRoot(), random: &random)
    }
  }

  private func uniform(_ values: MutableView<Float>, limit: Double, random: inout RandomStream) {
    for index in 0..<values.count { values[index] = Float(limit) * (2 * random.uniform() - 1) }
  }

  /// Redraws what lies beyond two deviations; 0.87962566 is the deviation that is left of a unit normal after that, so
  /// dividing by it restores the one asked for (as Keras does).
  private func truncatedNormal(_ values: MutableView<Float>, deviation: Double, random: inout RandomStream) {
    let scale = Float(deviation / 0.879_625_661_034_239_78)
    for index in 0..<values.count {
      var draw = random.normal()
      while abs(draw) > 2 { draw = random.normal() }
      values[index] = draw * scale
    }
  }
}
