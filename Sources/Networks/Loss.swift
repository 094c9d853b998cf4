import Settings
import Tensors

/// What training makes small: a value of hyper-parameters, like a layer.
public protocol Loss: Configurable {
  /// - Throws: `ShapeError` where the network's output is not what this loss takes.
  func check(output: Shape) throws(ShapeError)

  /// Writes the loss of every sample and, in training, the gradient of the mean over the whole minibatch.
  func evaluate(_ pass: LossPass)
}

/// Arguments of `Loss.evaluate`.
public struct LossPass: Sendable {
  /// The kernels to use.
  public let kernels: Kernels
  /// Width of the network's output.
  public let classes: Int
  /// `[samples, classes]`.
  public let outputs: View<Float>
  /// `[samples]`, in `0..<classes`.
  public let labels: View<Int32>
  /// 1 / samples of the whole minibatch: the factor of every gradient.
  public let scale: Float
  /// `[samples]`, unscaled.
  public let losses: MutableView<Float>
  /// `[samples, classes]`; nil in evaluation; may be the memory of `outputs`.
  public let gradient: MutableView<Float>?
}
