import Settings
import Tensors

/// One kind of layer: a value that holds hyper-parameters and nothing else.
///
/// All workers use the same layer value at once. Parameters, gradients, workspace and randomness are arguments of the passes, so a
/// layer has no state and no lock. Shapes are settled by `plan` before any arithmetic; the passes may rely on them.
///
/// To add one: a file in `Layers/` and a line in `LayerTable`. CONTRIBUTING.md has the checklist.
public protocol Layer: Configurable {
  /// Keras's class for the same layer; its snake-cased name is the layer's group in a checkpoint (`Conv2D` → `conv2d`).
  static var kerasClass: String { get }

  /// The function applied to the output, or nil. It runs as a stage of its own behind this layer.
  var activation: ActivationFunction? { get }

  /// Settles shapes and memory.
  ///
  /// - Parameters:
  ///   - input: shape of one input sample.
  ///   - kernels: the kernels that the passes will use.
  /// - Throws: `ShapeError` where the layer cannot take this input.
  func plan(input: Shape, kernels: Kernels) throws(ShapeError) -> LayerPlan

  /// Derives from the parameters what `backward` wants laid out differently; called once a step for each worker.
  func prepare(_ pass: PreparePass)

  /// Computes `pass.output` from `pass.input`.
  func forward(_ pass: ForwardPass)

  /// Writes the parameters' gradients (the sum over the shard's samples; it does not add to what is there) and, where
  /// `pass.inputGradient` is given, the gradient of the input.
  func backward(_ pass: BackwardPass)
}

extension Layer {
  /// No function.
  public var activation: ActivationFunction? { nil }
  /// Nothing to derive.
  public func prepare(_ pass: PreparePass) {}
}

/// What a layer needs for one input shape.
public struct LayerPlan: Sendable {
  /// How the output relates to the input's memory.
  public enum Memory: Sendable {
    /// The output has memory of its own.
    case separate
    /// The output may overwrite the input, where nobody needs the input any more.
    case inPlaceAllowed
    /// The output is the input under another shape; the layer computes nothing.
    case alias
  }

  /// What the backward pass reads, beside the output's gradient.
  public struct BackwardReads: OptionSet, Sendable {
    /// The raw bits.
    public let rawValue: Int
    /// Creates a set from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The input of the forward pass.
    public static let input = BackwardReads(rawValue: 1)
    /// The output of the forward pass.
    public static let output = BackwardReads(rawValue: 2)
  }

  /// Shape of one output sample.
  public var output: Shape
  /// Trainable parameters, at most `ParameterRanges.capacity`; kernel before bias.
  public var parameters: [ParameterSpec]
  /// Floating-point operations of one sample's forward pass; a multiply-add counts as two.
  public var flops: Int
  /// The output's memory.
  public var memory: Memory
  /// What must be kept for the backward pass.
  public var backwardReads: BackwardReads
  /// Bytes that forward keeps for backward, for each sample.
  public var savedBytes: Int
  /// Floats that `prepare` writes, for each worker.
  public var preparedCount: Int
  /// Floats of scratch memory, whatever the number of samples; shared by all layers of a worker.
  public var scratchCount: Int

  /// A plan; all but the output shape have the defaults of a layer that just computes.
  public init(
    output: Shape, parameters: [ParameterSpec] = [], flops: Int = 0, memory: Memory = .separate,
    backwardReads: BackwardReads = [], savedBytes: Int = 0, preparedCount: Int = 0, scratchCount: Int = 0
  ) {
    precondition(parameters.count <= ParameterRanges.capacity, "a layer has too many parameters")
    self.output = output
    self.parameters = parameters
    self.flops = flops
    self.memory = memory
    self.backwardReads = backwardReads
    self.savedBytes = savedBytes
    self.preparedCount = preparedCount
    self.scratchCount = scratchCount
  }
}

/// One trainable tensor of a layer.
public struct ParameterSpec: Sendable {
  /// `kernel` or `bias`, as Keras calls them.
  public let name: String
  /// Convolution kernels `[height, width, in, out]`, dense `[in, out]`, biases `[out]`.
  public let shape: Shape
  /// How its first values are drawn.
  public let initializer: Initializer
  /// Inputs that one output sums over.
  public let fanIn: Int
  /// Outputs that one input reaches.
  public let fanOut: Int

  /// Describes a tensor.
  public init(name: String, shape: Shape, initializer: Initializer, fanIn: Int, fanOut: Int) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.fanIn = fanIn
    self.fanOut = fanOut
  }
}

/// A layer that cannot take its input: what came, what was wanted.
public struct ShapeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// For example `input is 3 × 3 × 1, but a 5 × 5 window needs at least 5 × 5; use padding "same" or a smaller kernel`.
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
