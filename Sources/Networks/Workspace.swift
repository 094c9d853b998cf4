import Tensors

/// Floats and bytes that one sample needs in a workspace (`prepared` and `scratch`: the whole workspace, whatever the
/// samples).
struct WorkspaceSize: Sendable {
  var activations = 0
  /// The two buffers of evaluation; together never more than `activations`.
  var evaluation = (0, 0)
  var gradient = 0
  var savedBytes = 0
  var prepared = 0
  var scratch = 0
  /// Floats of a sample in a batch memory.
  var kept = 0
  /// First float of the network's output among the activations.
  var outputOffset = 0
  /// The buffer of evaluation that holds the network's output.
  var evaluationOutput = 0

  /// What a workspace for one purpose needs.
  func forPurpose(_ purpose: Workspace.Purpose) -> WorkspaceSize {
    if purpose == .training { return self }
    var size = self
    (size.activations, size.gradient, size.savedBytes) = (evaluation.0 + evaluation.1, 0, 0)
    return size
  }

  /// Where a stage finds its activations in evaluation.
  func evaluationPlace(of place: StagePlace) -> ActivationPlace {
    ActivationPlace(
      input: evaluationOffset(place.evaluation.input), output: evaluationOffset(place.evaluation.output),
      isInPlace: place.evaluation.isInPlace)
  }

  /// First float of a buffer of evaluation.
  func evaluationOffset(_ buffer: Int) -> Int { buffer == 0 ? 0 : evaluation.0 }

  /// Makes room in a buffer of evaluation.
  mutating func reserveEvaluation(_ count: Int, in buffer: Int) {
    if buffer == 0 { evaluation.0 = max(evaluation.0, count) } else { evaluation.1 = max(evaluation.1, count) }
  }

  /// The next `count` floats of `prepared`.
  mutating func reservePrepared(_ count: Int) -> Range<Int> {
    defer { prepared += ParameterLayout.aligned(count) }
    return prepared..<prepared + count
  }
}

/// The memory in which one worker runs one shard: activations, their gradients, and what forward keeps for backward.
///
/// Planned from the shapes and allocated once, before the first step; each worker has its own and reuses it for every
/// shard it takes.
public final class Workspace: @unchecked Sendable {
  // Safe to send: the worker pool gives a workspace to one worker at a time.

  /// What it has room for.
  public enum Purpose: Sendable {
    /// Everything.
    case training
    /// Forward passes alone: two activations at a time, no gradients.
    case evaluation
  }

  /// Most samples a shard may have.
  public let capacity: Int
  let activations: Storage<Float>
  let gradients: (Storage<Float>, Storage<Float>)
  let saved: Storage<UInt8>
  let prepared: Storage<Float>
  let scratch: Storage<Float>
  /// Watches what is done in this workspace; nil where nobody wants to know.
  public let recorder: Recorder?
  /// The version of the parameters that `prepared` was made from; -1 for none.
  var preparedVersion = -1

  /// - Parameters:
  ///   - network: whose shards will run here.
  ///   - capacity: most samples a shard may have, at least 1.
  ///   - purpose: whether shards will be trained here, or evaluated only.
  ///   - recorder: watches what is done here.
  /// - Precondition: `byteCount(for:capacity:purpose:)` is available.
  public init(for network: Network, capacity: Int, purpose: Purpose = .training, recorder: Recorder? = nil) {
    precondition(capacity >= 1, "workspace without room")
    let size = network.memory.forPurpose(purpose)
    self.capacity = capacity
    self.recorder = recorder
    // Not zeroed: the worker that first writes a page places it near its core.
    activations = Storage(count: capacity * size.activations, zeroed: false)
    gradients = (
      Storage(count: capacity * size.gradient, zeroed: false),
      Storage(count: capacity * size.gradient, zeroed: false)
    )
    saved = Storage(count: capacity * size.savedBytes, zeroed: false)
    prepared = Storage(count: size.prepared, zeroed: false)
    scratch = Storage(count: size.scratch, zeroed: false)
  }

  /// Bytes that a workspace takes; `Int.max` where no number holds them. To be compared with the machine's memory
  /// before a network from outside gets its workspaces.
  public static func byteCount(for network: Network, capacity: Int, purpose: Purpose = .training) -> Int {
    let size = network.memory.forPurpose(purpose)
    let perSample = 4 * (size.activations + 2 * size.gradient) + size.savedBytes
    let (samples, overflow) = perSample.multipliedReportingOverflow(by: capacity)
    let (total, overflowsTotal) = samples.addingReportingOverflow(4 * (size.prepared + size.scratch))
    return overflow || overflowsTotal ? Int.max : total
  }
}
