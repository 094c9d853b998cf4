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

/// Where a stage's input and output lie among a workspace's activations: their first floats, for one sample.
struct ActivationPlace: Sendable {
  var input: Int
  var output: Int
  /// Whether the output overwrites the input, and in the backward pass the input's gradient the output's.
  var isInPlace: Bool
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
  /// Whether the input is the batch itself and not an activation.
  var readsBatch: Bool
  /// Where input and output lie in training.
  var activations: ActivationPlace
  /// In which of two buffers, written in turn, they lie in evaluation, where no activation outlives the stage that
  /// reads it.
  var evaluation: ActivationPlace
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
