import Datasets
import Networks
import Workers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory that computing with a network takes, so that what cannot be had is refused in words before it is asked for.
///
/// Counted as floating-point numbers, which do not overflow.
struct MemoryDemand {
  /// Bytes.
  private(set) var bytes = 0.0

  /// Workspaces, one for each thread, and the inputs of a shard's worth of samples that an evaluation has for each.
  mutating func addWorkspaces(for network: Network, capacity: Int, purpose: Workspace.Purpose, threads: Int) {
    let workspace = Workspace.byteCount(for: network, capacity: capacity, purpose: purpose)
    bytes += Double(threads) * (Double(workspace) + 4 * Double(capacity) * Double(network.input.count))
  }

  /// Vectors as long as the network's parameters.
  mutating func addVectors(_ count: Int, of network: Network) {
    bytes += 4 * Double(count) * Double(network.parameters.count)
  }

  /// What a step's phases work on together: inputs of a minibatch, the shards' gradients, and what layers keep of samples for those
  /// that are deferred.
  mutating func addStep(of network: Network, plan: ShardPlan, samples: Int) {
    bytes += 4 * Double(samples) * Double(network.input.count)
    bytes += 4 * Double(plan.shards) * Double(network.parameters.perShardCount)
    bytes += 4 * Double(samples) * Double(network.keptCount)
  }

  /// - Throws: `TrainingError.tooLittleMemory` where the machine has less, used or not.
  func check() throws(TrainingError) {
    let memory = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    guard memory > 0, bytes > memory else { return }
    throw .tooLittleMemory(needed: bytes, memory: memory)
  }
}

extension RunConfig {
  /// Whether this run can be trained: on these samples, in this machine's memory.
  ///
  /// - Throws: as `makeNetwork(for:kernels:)`; `TrainingError.tooLittleMemory`.
  public func check(_ data: PreparedData, on machine: Machine) throws { try check(data, on: [machine]) }

  /// Whether this run can be trained several times at once.
  ///
  /// - Throws: as `check(_:on:)` for one.
  func check(_ data: PreparedData, on machines: [Machine]) throws {
    let plan = ShardPlan(batchSize: training.batchSize, shards: training.shards)
    var demand = MemoryDemand()
    for machine in machines {
      let network = try makeNetwork(for: data, kernels: machine.kernels)
      demand.addWorkspaces(for: network, capacity: plan.shardSize, purpose: .training, threads: machine.threads)
      // Parameters and slots twice, since a save takes a copy.
      demand.addVectors(2 * (1 + training.optimizer.slots.count), of: network)
      demand.addStep(of: network, plan: plan, samples: min(plan.batchSize, data.training.count))
    }
    try demand.check()
  }
}
