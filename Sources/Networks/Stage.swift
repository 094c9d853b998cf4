import Tensors

/// One step of a network's program: a layer, or the activation behind it, with its place in memory.
///
/// The base class erases the layer's type once, when the network is built. In the hot path a stage is one virtual call for a shard; no
/// existential is opened and no reference is counted.
class Stage: @unchecked Sendable {
  // Safe to send: immutable after `init`.
  let place: StagePlace

  init(place: StagePlace) { self.place = place }

  func prepare(_ pass: PreparePass) { preconditionFailure("abstract") }
  func forward(_ pass: ForwardPass) { preconditionFailure("abstract") }
  func backward(_ pass: BackwardPass) { preconditionFailure("abstract") }
}

/// The stage of one concrete kind of layer.
final class LayerStage<Operation: Layer>: Stage, @unchecked Sendable {
  private let layer: Operation

  init(_ layer: Operation, place: StagePlace) {
    self.layer = layer
    super.init(place: place)
  }

  override func prepare(_ pass: PreparePass) { layer.prepare(pass) }
  override func forward(_ pass: ForwardPass) { layer.forward(pass) }
  override func backward(_ pass: BackwardPass) { layer.backward(pass) }
}

/// Where a stage finds its values: everything the engine needs to build a pass, and plain numbers only.
struct StagePlace: Sendable {
  /// Place in the program; the lane of the stage's random numbers.
  var index: Int
  /// Floats of one input and one output sample.
  var inputCount: Int
  var outputCount: Int
  /// First float of the input and the output in a workspace's activations; the input of the first stage is the batch itself.
  var inputOffset: Int
  var outputOffset: Int
  var memory: StageMemory
  var readsBatch: Bool
  var needsInputGradient: Bool
  var hasBackward: Bool
  /// First byte in `saved`, bytes for one sample.
  var savedOffset: Int
  var savedBytes: Int
  var preparedOffset: Int
  var preparedCount: Int
  var scratchCount: Int
  var parameters: ParameterRanges
}

/// The memory decision that was made for a stage.
enum StageMemory: Sendable {
  case separate
  case inPlace
  case alias
}
