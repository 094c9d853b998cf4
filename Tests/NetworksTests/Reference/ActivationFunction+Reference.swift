import Glibc
import Tensors

extension ActivationFunction {
  /// The function in double precision, from its definition.
  func reference(_ x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .leakyRelu(let slope): x > 0 ? x : Double(slope) * x
    case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case .silu: x / (1 + exp(-x))
    case .tanh: Glibc.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    }
  }

  /// Whether the derivative jumps at 0.
  var hasKink: Bool {
    switch self {
    case .relu, .leakyRelu: true
    case .gelu, .silu, .tanh, .sigmoid: false
    }
  }

  static let allForTests: [ActivationFunction] = [.relu, .leakyRelu(slope: 0.1), .gelu, .silu, .tanh, .sigmoid]
}
