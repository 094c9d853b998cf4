import Tensors
import Testing
import Workers

/// The all-reduce: the same tree, and the same bits, whoever adds.
@Suite struct GradientReducerTests {
  /// Level by level: neighbours are added, the last of an odd number moves up.
  private static func naiveTree(_ shards: [[Float]]) -> [Float] {
    var level = shards
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { left in
        left + 1 < level.count ? zip(level[left], level[left + 1]).map { $0 + $1 } : level[left]
      }
    }
    return level[0]
  }

  /// Numbers of very different sizes, so that the order of a sum shows.
  private static func gradients(shards: Int, count: Int) -> [[Float]] {
    (0..<shards).map { shard in
      var random = RandomStream(seed: 3, purpose: .test, index: shard)
      return (0..<count).map { index in random.normal() * ([1, 1e-3, 1e4] as [Float])[(index + shard) % 3] }
    }
  }

  private static func reducer(capacity: Int, _ gradients: [[Float]]) -> GradientReducer {
    let reducer = GradientReducer(
      shardCapacity: capacity, count: gradients[0].count, pool: WorkerPool(workerCount: 2, spins: false))
    for (shard, gradient) in gradients.enumerated() { reducer.gradient(ofShard: shard).copy(from: gradient) }
    return reducer
  }

  /// The whole sum, slice by slice on a pool.
  private static func reduce(
    _ reducer: GradientReducer, shards: Int, workers: Int, kernels: Kernels
  ) throws -> [UInt32] {
    let total = Storage<Float>(count: reducer.count)
    total.mutableView.fill(with: .nan)
    let slices = GradientReducer.slices(of: reducer.count)
    try WorkerPool(workerCount: workers, spins: false).run(slices.count) { _, index in
      reducer.reduce(slices[index], shards: shards, into: total.mutableView[slices[index]], kernels: kernels)
    }
    return total.view.array().map(\.bitPattern)
  }

  @Test("The sum is that of the naive tree for 1 to 33 shards", arguments: InstructionSet.allCases)
  func tree(set: InstructionSet) throws {
    guard let kernels = Kernels(set) else { return }
    for shards in 1...33 {
      for count in [1, 16, 77] {
        let gradients = GradientReducerTests.gradients(shards: shards, count: count)
        let expected = GradientReducerTests.naiveTree(gradients).map(\.bitPattern)
        // The capacity must not matter: the tree is that of the shards of this step.
        for capacity in [shards, shards + 5] {
          let reducer = GradientReducerTests.reducer(capacity: capacity, gradients)
          let found = try GradientReducerTests.reduce(reducer, shards: shards, workers: 1, kernels: kernels)
          try #require(found == expected, "\(shards) of \(capacity) shards, \(count) elements")
        }
      }
    }
  }

  @Test("The order of a sum shows in these numbers: adding from left to right gives other bits")
  func orderMatters() {
    let gradients = GradientReducerTests.gradients(shards: 33, count: 333)
    let sequential = gradients.dropFirst().reduce(gradients[0]) { zip($0, $1).map { $0 + $1 } }
    #expect(sequential != GradientReducerTests.naiveTree(gradients))
  }

  @Test("The bits do not depend on the workers, over several slices and an odd end", arguments: [1, 2, 3, 11, 32])
  func workers(shards: Int) throws {
    let kernels = try Kernels.selected(environment: [:])
    let gradients = GradientReducerTests.gradients(shards: shards, count: 3 * GradientReducer.sliceLength + 77)
    let expected = GradientReducerTests.naiveTree(gradients).map(\.bitPattern)
    let reducer = GradientReducerTests.reducer(capacity: shards, gradients)
    for workers in WorkerPoolTests.workerCounts {
      let found = try GradientReducerTests.reduce(reducer, shards: shards, workers: workers, kernels: kernels)
      #expect(found == expected, "\(workers) workers")
    }
  }

  @Test(
    "Slices cut the vector into runs of one length and a rest",
    arguments: [0, 1, 2_047, 2_048, 2_049, 4_096, 10_000, 65_536])
  func slices(count: Int) {
    let ranges = GradientReducer.slices(of: count)
    #expect(ranges.allSatisfy { !$0.isEmpty })
    #expect(ranges.dropLast().allSatisfy { $0.count == GradientReducer.sliceLength })
    #expect(ranges.flatMap { Array($0) } == Array(0..<count))
  }

  @Test(
    "The shards' vectors are apart, zero at first and aligned to cache lines", arguments: [1, 16, 17, 1_024, 2_050])
  func vectors(count: Int) {
    let reducer = GradientReducer(shardCapacity: 5, count: count, pool: WorkerPool(workerCount: 3, spins: false))
    for shard in 0..<5 {
      let gradient = reducer.gradient(ofShard: shard)
      #expect(gradient.count == count)
      #expect(gradient.array().allSatisfy { $0 == 0 })
      gradient.readOnly.withBytes { #expect(UInt(bitPattern: $0.baseAddress) % 64 == 0) }
      gradient.fill(with: Float(shard + 1))
    }
    for shard in 0..<5 {
      #expect(reducer.gradient(ofShard: shard).array().allSatisfy { $0 == Float(shard + 1) })
    }
  }
}
