import Tensors

/// One step of a network's program: a layer's operation, or the activation behind it, with its place in memory.
///
/// The base class erases the operation's type once, when the network is built. In the hot path a stage is one virtual
/// call for a shard; no existential is opened and, through `Program`, no reference is counted.
class Stage: @unchecked Sendable {
  // Safe to send: immutable after `init`.
  final let place: StagePlace

  init(place: StagePlace) { self.place = place }

  func prepare(_ pass: PreparePass) { preconditionFailure("abstract") }
  func forward(_ pass: ForwardPass) { preconditionFailure("abstract") }
  func backward(_ pass: BackwardPass) { preconditionFailure("abstract") }
  func deferredGradient(_ pass: DeferredPass) { preconditionFailure("abstract") }
}

/// The stage of one concrete operation.
final class OperationStage<Operation: LayerOperation>: Stage, @unchecked Sendable {
  // Safe to send: as every stage; `operation` is immutable and `Sendable`.
  private let operation: Operation

  init(_ operation: Operation, place: StagePlace) {
    self.operation = operation
    super.init(place: place)
  }

  override func prepare(_ pass: PreparePass) { operation.prepare(pass) }
  override func forward(_ pass: ForwardPass) { operation.forward(pass) }
  override func backward(_ pass: BackwardPass) { operation.backward(pass) }
  override func deferredGradient(_ pass: DeferredPass) { operation.deferredGradient(pass) }
}

/// Where a stage finds its values: everything the engine needs to build a pass, and plain numbers only.
struct StagePlace: Sendable {
  /// Place in the program.
  var index: Int
  /// The lane of the stage's random numbers.
  var lane: Int
  /// Floats of one input and one output sample.
  var inputCount: Int
  var outputCount: Int
  /// First float of the input and the output in a workspace's activations, for one sample.
  var inputOffset: Int
  var outputOffset: Int
  /// Whether the input is the batch itself and not an activation.
  var readsBatch: Bool
  /// Whether the output overwrites the input, and in the backward pass the input's gradient the output's.
  var isInPlace: Bool
  /// Whether there are parameters here or before, and whether before.
  var hasBackward = false
  var needsInputGradient = false
  /// First byte in `saved`, bytes for one sample.
  var savedOffset: Int
  var savedBytes: Int
  /// Floats that `prepare` writes for either pass; none for backward where no input gradient is asked for.
  var preparedForward = 0..<0
  var preparedBackward = 0..<0
  var parameters = ParameterRanges()
  /// What is formed in the reduce phase, and its first float in a batch memory, for one sample.
  var deferred: DeferredGradient?
  var keptOffset = 0
}
