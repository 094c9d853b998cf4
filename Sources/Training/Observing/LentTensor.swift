import Networks
import Tensors

/// One tensor of the model, lent.
public struct LentTensor: Sendable {
  /// `conv2d_1/kernel`.
  public var name: String
  /// Its shape.
  public var shape: Shape
  /// Its elements; gone when the call that lends them has returned.
  public var values: View<Float>

  /// Lends a tensor.
  public init(name: String, shape: Shape, values: View<Float>) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

extension Network {
  /// Names the parts of a vector that is laid out like the parameters.
  func tensors(of vector: View<Float>) -> [LentTensor] {
    parameters.entries.map { LentTensor(name: $0.name, shape: $0.spec.shape, values: vector[$0.range]) }
  }
}
