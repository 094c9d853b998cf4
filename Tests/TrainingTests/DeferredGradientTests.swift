import Datasets
import Networks
import Optimizers
import Tensors
import Testing
import Training
import Workers

/// Gradients formed in the reduce phase: the bits of a training in which every shard forms its own.
@Suite("Deferred gradients")
struct DeferredGradientTests {
  /// Two dense layers whose gradients are deferred around one that is too narrow, none a multiple of a tile.
  private static let layers: [any Layer] = [
    Flatten(), Dense(units: 75, activation: .relu), Dropout(rate: 0.2), Dense(units: 9, activation: .tanh),
    Dense(units: 70, activation: .relu), Dense(units: 21), Dropout(rate: 0.5), Dense(units: 51), Dense(units: 4),
  ]

  @Test("they change no bit, whatever the shards, with clipping and without", arguments: InstructionSet.allCases)
  func sameBits(set: InstructionSet) throws {
    guard let kernels = Kernels(set) else { return }
    for shards in [1, 2, 3, 7, 8] {
      for clip in [nil, GradientClip(maxNorm: 0.05)] {
        let training = try SmallTraining(batchSize: 37, shards: shards, clip: clip, kernels: kernels)
        let expected = try training.run(defersGradients: false, threads: 1)
        #expect(expected.parameters.allSatisfy { $0.isFinite })
        for threads in [1, 3] {
          let found = try training.run(defersGradients: true, threads: threads)
          #expect(found == expected, "\(shards) shards, \(threads) threads, clipping: \(clip != nil)")
        }
      }
    }
  }

  @Test("large matrices are deferred, narrow ones and biases are not, and the shards' gradients shrink by them")
  func layout() throws {
    let kernels = try Kernels.selected(environment: [:])
    let network = try Network(input: [8, 9, 1], layers: DeferredGradientTests.layers, kernels: kernels)
    let layout = network.parameters
    let deferred = layout.entries.filter { $0.range.lowerBound >= layout.perShardCount }
    #expect(deferred.map(\.name) == ["dense/kernel", "dense_3/kernel"])
    let covered = network.deferredSlices.flatMap { Array($0.range) }
    #expect(covered == deferred.flatMap { Array($0.range) })
    #expect(network.keptCount > 0)
  }

  /// Three steps, of a full minibatch, a short one and a full one.
  private struct SmallTraining {
    let network: Network
    let plan: ShardPlan
    let clip: GradientClip?
    let reader: SampleReader
    let order: Storage<Int32>

    struct Result: Equatable {
      var parameters: [Float]
      var slots: [[Float]]
      var norms: [Double?]
    }

    init(batchSize: Int, shards: Int, clip: GradientClip?, kernels: Kernels) throws {
      network = try Network(input: [8, 9, 1], layers: DeferredGradientTests.layers, kernels: kernels)
      plan = ShardPlan(batchSize: batchSize, shards: shards)
      self.clip = clip
      var random = RandomStream(seed: 5, purpose: .test)
      // Half of the inputs are zero, as in images.
      let images = Storage((0..<batchSize * 72).map { _ in UInt8(max(0, random.uniform(in: -255..<255))) })
      let dataset = try ImageDataset(
        name: "drawn", split: .train, shape: [8, 9, 1], classes: 4, images: images,
        labels: Storage((0..<batchSize).map { Int32($0 % 4) }))
      reader = SampleReader(dataset, normalization: Normalization(scale: [1 / 255], offset: [0]), kernels: kernels)
      order = Storage((0..<batchSize).map { Int32($0) })
    }

    func run(defersGradients: Bool, threads: Int) throws -> Result {
      let rule = Adam(learningRate: 0.01)
      let model = ModelState(parameterCount: network.parameters.count, slotCount: rule.slots.count)
      network.initialize(model.parameters.mutableView, seed: 3)
      let step = DataParallelStep(
        model: model, network: network, reader: reader, loss: SoftmaxCrossEntropy(), rule: rule, clip: clip,
        plan: plan, seed: 3, pool: WorkerPool(workerCount: threads, spins: false),
        workspaces: (0..<threads).map { _ in Workspace(for: network, capacity: plan.shardSize) },
        defersGradients: defersGradients)
      let norms = try [plan.batchSize, plan.batchSize - 14, plan.batchSize].map { samples in
        try step.run(samples: order.view[0..<samples], rate: 0.01).gradientNorm
      }
      return Result(
        parameters: model.parameters.array(), slots: model.slots.map { $0.array() }, norms: norms)
    }
  }
}
