import Tensors

/// Floats and bytes that one sample needs in a workspace (`prepared` and `scratch`: the whole workspace, whatever the
/// samples).
struct WorkspaceSize: Sendable {
  var activations = 0
  var gradient = 0
  var savedBytes = 0
  var prepared = 0
  var scratch = 0
  /// Floats of a sample in a batch memory.
  var kept = 0
  /// First float of the network's output among the activations.
  var outputOffset = 0

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
  ///   - recorder: watches what is done here.
  /// - Precondition: `byteCount(for:capacity:)` is available.
  public init(for network: Network, capacity: Int, recorder: Recorder? = nil) {
    precondition(capacity >= 1, "workspace without room")
    let size = network.memory
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
    scratch = Storage(count: size.scratch)
  }

  /// Bytes that a workspace takes; `Int.max` where no number holds them. To be compared with the machine's memory
  /// before a network from outside gets its workspaces.
  public static func byteCount(for network: Network, capacity: Int) -> Int {
    let size = network.memory
    let perSample = 4 * (size.activations + 2 * size.gradient) + size.savedBytes
    let (samples, overflow) = perSample.multipliedReportingOverflow(by: capacity)
    let (total, overflowsTotal) = samples.addingReportingOverflow(4 * (size.prepared + size.scratch))
    return overflow || overflowsTotal ? Int.max : total
  }
}
