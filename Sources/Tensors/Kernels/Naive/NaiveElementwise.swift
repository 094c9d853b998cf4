#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Elementwise functions as their equations. Activations are computed in FP64, which makes them the reference for the kernels'
/// errors; dropout and byte conversion are what `ls_elementwise_kernels` compute, bit for bit.
public enum NaiveElementwise {
  /// f(x).
  public static func activation(_ function: ActivationFunction, _ x: Double) -> Double {
    switch function {
    case .relu: x <= 0 ? 0 : x
    case .leakyRelu(let slope): x > 0 ? x : Double(slope) * x
    case .gelu: x * normalCumulative(x)
    case .silu: x * sigmoid(x)
    case .tanh: tanh(x)
    case .sigmoid: sigmoid(x)
    }
  }

  /// f′, from the value that the kernel gets: f's output where `derivativeNeedsOutputOnly`, else its input.
  public static func derivative(_ function: ActivationFunction, at value: Double) -> Double {
    switch function {
    case .relu: value > 0 ? 1 : 0
    case .leakyRelu(let slope): value > 0 ? 1 : Double(slope)
    case .gelu: normalCumulative(value) + value * normalDensity(value)
    case .silu: sigmoid(value) * (1 + value * sigmoid(-value))
    case .tanh: 1 - value * value
    case .sigmoid: value * (1 - value)
    }
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Φ(x), the standard normal distribution's cumulative function.
  private static func normalCumulative(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  /// φ(x), its density.
  private static func normalDensity(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }

  /// Keeps element i where word i % 4 of Philox block i / 4 is at least `rate` · 2³², times 1 / (1 − `rate`); else 0.
  public static func dropout(rate: Float, stream: RandomStream, input: [Float]) -> [Float] {
    let scale = 1 / (1 - rate)
    let counter = stream.counter
    return input.indices.map { i in
      let block = Philox.block(
        counter: (UInt32(i / 4), counter.0, counter.1, counter.2), key: stream.key)
      let word = [block.0, block.1, block.2, block.3][i % 4]
      return Double(word) >= (Double(rate) * 0x1p32).rounded() ? input[i] * scale : 0
    }
  }

  /// `bytes[i] · scale[c] + offset[c]`, `c = i % channels`; the product is rounded before the addition.
  public static func normalise(bytes: [UInt8], scale: [Float], offset: [Float]) -> [Float] {
    bytes.indices.map { i in
      let product = Float(bytes[i]) * scale[i % scale.count]
      return product + offset[i % scale.count]
    }
  }
}
