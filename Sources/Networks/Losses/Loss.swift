import Settings
import Tensors

/// What training makes small: a value of hyper-parameters, like a layer.
public protocol Loss: Configurable {
  /// - Throws: `ShapeError` where the network's output is not what this loss takes.
  func check(output: Shape) throws(ShapeError)

  /// Writes the loss of every sample and, in training, the gradient of the mean over the whole minibatch.
  func evaluate(_ pass: LossPass)

  /// The same in words that other programs have too; nil where there are none, and no other program can train on with it.
  var exported: ExportedLoss? { get }
}

extension Loss {
  /// No words.
  public var exported: ExportedLoss? { nil }

  /// Any row of two numbers or more, one for each class.
  public func check(output: Shape) throws(ShapeError) {
    let name = Self.schema.name
    guard output.rank == 1 else {
      throw ShapeError(
        "output is \(output), but \(name) takes a row with a number for each class; end with a dense layer")
    }
    guard output.count >= 2 else {
      throw ShapeError("output is a single number, but \(name) takes one for each class; there are at least 2 classes")
    }
  }
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
  /// `[samples]`, unscaled; to be written.
  public let losses: MutableView<Float>
  /// `[samples, classes]`, to be written; nil in evaluation; may be the memory of `outputs`.
  public let gradient: MutableView<Float>?

  /// Describes a pass.
  public init(
    kernels: Kernels, classes: Int, outputs: View<Float>, labels: View<Int32>, scale: Float,
    losses: MutableView<Float>, gradient: MutableView<Float>?
  ) {
    self.kernels = kernels
    self.classes = classes
    self.outputs = outputs
    self.labels = labels
    self.scale = scale
    self.losses = losses
    self.gradient = gradient
  }
}
