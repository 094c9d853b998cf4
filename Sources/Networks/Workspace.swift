import Tensors

/// Floats and bytes that one sample needs in a workspace (`prepared` and `scratch`: the whole workspace, whatever the samples).
struct WorkspaceSize: Sendable {
  var activations: Int
  var gradient: Int
  var savedBytes: Int
  var prepared: Int
  var scratch: Int
}

/// The memory in which one worker runs one shard: activations, their gradients, and what forward keeps for backward.
///
/// Planned from the shapes and allocated once, before the first step; each worker has its own and reuses it for every shard it takes.
public final class Workspace: @unchecked Sendable {
  // Safe to send: the worker pool gives a workspace to one worker at a time.

  /// Most samples a shard may have.
  public let capacity: Int
  let activations: Storage<Float>
  let gradients: (Storage<Float>, Storage<Float>)
  let saved: Storage<UInt8>
  let prepared: Storage<Float>
  let scratch: Storage<Float>
  /// Version of the parameters that `prepared` was made from; -1 for none.
  var preparedVersion = -1

  /// - Parameters:
  ///   - network: whose shards will run here.
  ///   - capacity: most samples a shard may have, at least 1.
  public init(for network: Network, capacity: Int) {
    precondition(capacity >= 1, "workspace without room")
    let size = network.memory
    self.capacity = capacity
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
}
