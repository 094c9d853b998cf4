import Settings
import Tensors

/// One kind of layer: a value that holds hyper-parameters and nothing else.
///
/// `plan` fits it to an input shape; what comes out, a `LayerOperation`, does the arithmetic. To add a layer: a file in
/// `Layers/` and a line in `LayerTable`. CONTRIBUTING.md has the checklist.
public protocol Layer: Configurable {
  /// Keras's class for the same layer; its snake-cased name is the layer's group in a checkpoint (`Conv2D` → `conv2d`).
  static var kerasClass: String { get }

  /// The function applied to the output, or nil. It runs as a stage of its own behind this layer.
  var activation: ActivationFunction? { get }

  /// Settles shapes, memory and what will run.
  ///
  /// - Parameters:
  ///   - input: shape of one input sample.
  ///   - context: the kernels that the passes will use, and how they may calculate.
  /// - Throws: `ShapeError` where the layer cannot take this input.
  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan

  /// A plan that computes this layer, its activation and the next layer in one stage, or nil where there is none. Its
  /// parameters are this layer's; the next one has none.
  func fused(with next: any Layer, input: Shape, context: PlanContext) -> LayerPlan?

  /// What the layer computes once it is trained, its activation aside, in words that other programs have too; nil where there are none,
  /// and a network with this layer cannot be exported.
  ///
  /// - Parameter input: shape of one input sample, which `plan` takes.
  func exported(input: Shape) throws(ShapeError) -> ExportedLayer?
}

extension Layer {
  /// No function.
  public var activation: ActivationFunction? { nil }

  /// No stage together.
  public func fused(with next: any Layer, input: Shape, context: PlanContext) -> LayerPlan? { nil }

  /// No words.
  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? { nil }
}

/// A layer fitted to one input shape: the arithmetic of its passes.
///
/// All workers use the same value at once. Parameters, gradients, workspace and randomness are arguments, so there is
/// no state and no lock; shapes were settled by `Layer.plan`, and the passes may rely on them. Hold plain numbers only:
/// a stored array or class would bring reference counts into the hot path.
public protocol LayerOperation: Sendable {
  /// Derives from the parameters what the passes want laid out differently; called once a step for each worker, before
  /// its first shard.
  func prepare(_ pass: PreparePass)

  /// Computes `pass.output` from `pass.input`.
  func forward(_ pass: ForwardPass)

  /// Writes the parameters' gradients (the sum over the shard's samples; it does not add to what is there) and, where
  /// `pass.inputGradient` is given, the gradient of the input. Where `pass.kept` is given, the first parameter's gradient
  /// has no place here: what it takes is kept for `deferredGradient`.
  func backward(_ pass: BackwardPass)

  /// Writes some rows of the first parameter's gradient over the whole minibatch, from what `backward` kept of all
  /// samples. The bits are those of the shards' own gradients, summed along the reducer's tree. Called in the reduce
  /// phase, and only where the plan says `deferred`.
  func deferredGradient(_ pass: DeferredPass)
}

extension LayerOperation {
  /// Nothing to derive.
  public func prepare(_ pass: PreparePass) {}

  /// Nothing is deferred.
  public func deferredGradient(_ pass: DeferredPass) { preconditionFailure("a gradient that was never deferred") }
}

/// A layer that cannot take its input: what came, what was wanted.
public struct ShapeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// For example `input is 3 × 3 × 1, but a 5 × 5 kernel needs at least 5 × 5; use padding "same" or a smaller kernel`.
  public var message: String
  /// The key of the layer that is to blame, or nil for the layer as a whole.
  public var key: String?

  /// Creates an error.
  public init(_ message: String, key: String? = nil) {
    self.message = message
    self.key = key
  }

  /// The message.
  public var description: String { message }
}
