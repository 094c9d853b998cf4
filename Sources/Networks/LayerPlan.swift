import Tensors

/// What a layer needs for one input shape.
public struct LayerPlan: Sendable {
  /// How the output relates to the input's memory.
  public enum Memory: Sendable {
    /// The output has memory of its own.
    case separate
    /// The output may overwrite the input, where nobody needs the input any more.
    case inPlaceAllowed
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

  /// Floats that `prepare` derives from the parameters.
  public struct Prepared: Sendable {
    /// For the forward pass.
    public var forward: Int
    /// For the backward pass, where a gradient of the input is asked for.
    public var backward: Int

    /// Creates the two counts.
    public init(forward: Int = 0, backward: Int = 0) {
      self.forward = forward
      self.backward = backward
    }
  }

  /// What runs; nil where the output is the input under another shape and nothing is computed.
  public let operation: (any LayerOperation)?
  /// Shape of one output sample.
  public let output: Shape
  /// Trainable parameters, at most `ParameterRanges.capacity`; kernel before bias.
  public let parameters: [ParameterSpec]
  /// Floating-point operations of one sample's forward pass; a multiply-add counts as two, any other elementwise step
  /// as one.
  public let flops: Int
  /// The multiply-adds of one sample's forward pass, those with the zeros of a border not counted: what a convolution or
  /// a dense layer is measured by. A gradient, of parameters or of the input, takes as many.
  public let multiplyAdds: Int
  /// The output's memory.
  public let memory: Memory
  /// What must be kept for the backward pass.
  public let backwardReads: BackwardReads
  /// Bytes that forward keeps for backward, for each sample.
  public let savedBytes: Int
  /// Floats that `prepare` writes, for each worker.
  public let prepared: Prepared
  /// Floats of scratch memory, whatever the number of samples; shared by all layers of a worker.
  public let scratchCount: Int
  /// Whether, and how, the first parameter's gradient can be formed over the whole minibatch in the reduce phase.
  public let deferred: DeferredGradient?

  /// A plan; all but the operation and the output shape have the defaults of a layer that just computes.
  ///
  /// - Precondition: a layer whose backward pass reads its input does not allow that its output overwrites it.
  public init(
    _ operation: any LayerOperation, output: Shape, parameters: [ParameterSpec] = [], flops: Int = 0,
    multiplyAdds: Int = 0, memory: Memory = .separate, backwardReads: BackwardReads = [], savedBytes: Int = 0,
    prepared: Prepared = Prepared(), scratchCount: Int = 0, deferred: DeferredGradient? = nil
  ) {
    precondition(parameters.count <= ParameterRanges.capacity, "a layer has too many parameters")
    precondition(
      deferred.map { $0.rows * $0.columns == parameters.first?.shape.count } ?? true, "a deferred gradient of nothing")
    precondition(memory == .separate || !backwardReads.contains(.input), "a layer overwrites what it will read")
    self.operation = operation
    self.output = output
    self.parameters = parameters
    self.flops = flops
    self.multiplyAdds = multiplyAdds
    self.memory = memory
    self.backwardReads = backwardReads
    self.savedBytes = savedBytes
    self.prepared = prepared
    self.scratchCount = scratchCount
    self.deferred = deferred
  }

  /// A plan that computes nothing: the input, seen as `output`, which has the same number of elements.
  public static func alias(_ output: Shape) -> LayerPlan { LayerPlan(alias: output) }

  private init(alias output: Shape) {
    operation = nil
    self.output = output
    parameters = []
    flops = 0
    multiplyAdds = 0
    memory = .inPlaceAllowed
    backwardReads = []
    savedBytes = 0
    prepared = Prepared()
    scratchCount = 0
    deferred = nil
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

  /// A bias of `count` elements; both fans are its length, as in Keras.
  public static func bias(_ count: Int, initializer: Initializer) -> ParameterSpec {
    ParameterSpec(name: "bias", shape: [count], initializer: initializer, fanIn: count, fanOut: count)
  }
}
