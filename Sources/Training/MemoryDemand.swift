import Datasets
import Networks
import Workers

/// What memory is for, as a user can change it.
public enum MemoryPart: Sendable, CaseIterable {
  /// Program, libraries and what is small.
  case program
  /// The samples, and lists of which come when.
  case samples
  /// Parameters and the optimizer's slots.
  case model
  /// Copies of the model for a checkpoint, and the checkpoint's file.
  case saving
  /// What each worker has of its own.
  case workers
  /// What the shards of a minibatch leave for the reduce phase.
  case minibatch
  /// Results for each sample, and the confusion matrix of all outputs.
  case evaluation
}

/// The memory that computing with a network takes at its peak, so that what cannot be had is refused in words before it is asked
/// for, and not by the kernel in the middle of a run.
///
/// Counted as floating-point numbers, which do not overflow.
struct MemoryDemand {
  /// Bytes of each part.
  private(set) var bytes: [MemoryPart: Double] = [:]
  /// Stacks, which take address space and no memory to speak of.
  private(set) var stackBytes = 0.0

  /// Bytes in all.
  var total: Double { MemoryPart.allCases.reduce(0) { $0 + bytes[$1, default: 0] } }

  /// What a run takes that computes next to nothing, measured: `docs/reliability.md`.
  static let programBytes = 34.0 * 1_048_576
  /// Usual size of a thread's stack, and of what the allocator reserves for the thread.
  private static let stackBytesOfThread = 8.0 * 1_048_576

  private mutating func add(_ number: Double, to part: MemoryPart) { bytes[part, default: 0] += number }

  /// The process itself.
  mutating func addProgram(threads: Int) {
    add(Self.programBytes, to: .program)
    stackBytes += Double(threads) * Self.stackBytesOfThread
  }

  /// Bytes and labels of samples, all of one data set.
  mutating func addSamples(of dataset: ImageDataset) {
    add(Double(dataset.byteCount), to: .samples)
  }

  /// Lists of as many numbers of samples.
  mutating func addLists(_ count: Int, of samples: Int) { add(4 * Double(count) * Double(samples), to: .samples) }

  /// Workspaces, one for each thread, and the inputs of a shard's worth of samples that an evaluation has for each.
  mutating func addWorkspaces(for network: Network, capacity: Int, purpose: Workspace.Purpose, threads: Int) {
    let workspace = Workspace.byteCount(for: network, capacity: capacity, purpose: purpose)
    add(
      Double(threads) * (Double(workspace) + 4 * Double(capacity) * Double(network.input.count)), to: .workers)
  }

  /// Vectors as long as the network's parameters.
  mutating func addVectors(_ count: Int, of network: Network, to part: MemoryPart = .model) {
    add(4 * Double(count) * Double(network.parameters.count), to: part)
  }

  /// What saving takes: copies of parameters and slots, then the file.
  ///
  /// - Parameter copies: 2 where a save may fall due while the one before it is being written.
  mutating func addSaving(of network: Network, vectors: Int, copies: Int) {
    addVectors((copies + 1) * vectors, of: network, to: .saving)
    // Each tensor has a header, and its place in a group.
    add(65_536 + 1_024 * Double(vectors) * Double(network.parameters.entries.count), to: .saving)
  }

  /// What a step's phases work on together: inputs and results of a minibatch, the shards' gradients, what layers keep of samples
  /// for those that are deferred, and the summed gradient, whole where it is clipped.
  mutating func addStep(of network: Network, plan: ShardPlan, samples: Int, clips: Bool, threads: Int) {
    let reduction = ReducePlan(network: network)
    add(4 * Double(samples) * (Double(network.input.count) + 3), to: .minibatch)
    add(4 * Double(plan.shards) * Double(reduction.perShardCount + 32), to: .minibatch)
    add(4 * Double(samples) * Double(reduction.keptCount), to: .minibatch)
    add(
      4 * (clips ? Double(network.parameters.count) : Double(threads) * Double(reduction.largestSlice)),
      to: .minibatch)
  }

  /// What an evaluation finds out about each sample, its order, and the confusion matrix.
  ///
  /// - Parameter namesMistakes: whether it also finds out how sure each prediction is.
  mutating func addEvaluation(of network: Network, samples: Int, namesMistakes: Bool) {
    let classes = Double(network.output.count)
    add(4 * (namesMistakes ? 6 : 5) * Double(samples) + 8 * classes * classes, to: .evaluation)
  }

  // MARK: Comparison

  /// Compares with what can be had.
  ///
  /// - Parameters:
  ///   - limit: the tightest limit; nil for none.
  ///   - present: bytes that the process has taken for this demand already.
  /// - Throws: `TrainingError.tooLittleMemory`.
  func check(
    against limit: MemoryLimit? = .current(), present: Double = 0
  ) throws(TrainingError) {
    guard let limit else { return }
    // Of the address space, only what is still to come must fit into what is left.
    let needed = limit.source == .addressSpace ? total - bytes[.program, default: 0] + stackBytes - present : total
    guard needed > Double(limit.bytes) else { return }
    throw .tooLittleMemory(needed: needed, limit: limit, mostly: largest)
  }

  private var largest: MemoryPart {
    MemoryPart.allCases.max { bytes[$0, default: 0] < bytes[$1, default: 0] } ?? .program
  }
}

extension MemoryPart {
  /// What takes so much, and what to do.
  var advice: String {
    switch self {
    case .program: "use a machine with more memory"
    case .samples: "most of it for the samples: use fewer of them"
    case .model: "most of it for parameters and the optimizer's slots: make the network smaller"
    case .saving: "most of it for saving parameters and slots: make the network smaller"
    case .workers:
      "most of it for the workers: use fewer --threads, a smaller training.batchSize or more training.shards"
    case .minibatch:
      "most of it for the gradients of a minibatch: make training.batchSize or training.shards smaller"
    case .evaluation: "most of it for the results of an evaluation: use fewer outputs or fewer samples"
    }
  }
}

extension RunConfig {
  /// Whether this run can be trained: on these samples, in the memory that can be had.
  ///
  /// - Parameter resumes: whether a checkpoint is kept in memory beside the run.
  /// - Throws: as `makeNetwork(for:kernels:)`; `TrainingError.tooLittleMemory`.
  public func check(_ data: PreparedData, on machine: Machine, resumes: Bool = false) throws {
    let demand = try memoryDemand(data, on: [machine], resumes: resumes)
    try demand.check(present: demand.bytes[.samples, default: 0])
  }

  /// Whether this run can be trained several times at once, without saving.
  ///
  /// - Throws: as `check(_:on:resumes:)`.
  func check(_ data: PreparedData, on machines: [Machine]) throws {
    let demand = try memoryDemand(data, on: machines, resumes: false, saves: false)
    try demand.check(present: demand.bytes[.samples, default: 0])
  }

  /// Bytes that this run is expected to take at its peak.
  ///
  /// - Throws: as `makeNetwork(for:kernels:)`.
  package func memoryBytes(_ data: PreparedData, on machine: Machine) throws -> Double {
    try memoryDemand(data, on: [machine], resumes: false).total
  }

  private func memoryDemand(
    _ data: PreparedData, on machines: [Machine], resumes: Bool, saves: Bool = true
  ) throws -> MemoryDemand {
    let plan = ShardPlan(batchSize: training.batchSize, shards: training.shards)
    let vectors = 1 + training.optimizer.slots.count
    let evaluated = data.split.validation.count > 0 ? data.split.validation.count : data.test.count
    var demand = MemoryDemand()
    demand.addProgram(threads: machines.reduce(0) { $0 + $1.threads })
    demand.addSamples(of: data.training)
    demand.addSamples(of: data.test)
    // Which samples are learnt from and which are held out.
    demand.addLists(1, of: data.training.count)
    for machine in machines {
      let network = try makeNetwork(for: data, kernels: machine.kernels)
      // The order of this epoch, and of the next one.
      demand.addLists(2, of: data.split.training.count)
      demand.addWorkspaces(for: network, capacity: plan.shardSize, purpose: .training, threads: machine.threads)
      demand.addVectors(vectors, of: network)
      demand.addStep(
        of: network, plan: plan, samples: min(plan.batchSize, data.training.count), clips: training.clip != nil,
        threads: machine.threads)
      demand.addEvaluation(
        of: network, samples: evaluated, namesMistakes: logging.tensorBoard && logging.imagesEveryEpochs > 0)
      // The gradient, whole, for its histograms.
      if logging.tensorBoard, logging.histogramsEveryEpochs > 0 { demand.addVectors(1, of: network, to: .minibatch) }
      if resumes { demand.addVectors(vectors, of: network, to: .saving) }
      guard saves else { continue }
      // An epoch is longer than a save; steps and seconds need not be.
      let isOftenSaved = checkpoint.everySteps != nil || checkpoint.everySeconds != nil
      demand.addSaving(of: network, vectors: vectors, copies: isOftenSaved ? 2 : 1)
    }
    return demand
  }
}
