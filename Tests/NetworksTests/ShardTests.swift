import Networks
import Tensors
import Testing

/// What the exactness of training rests on: a shard's numbers depend on its samples and their places in the minibatch
/// alone.
@Suite("Shards")
struct ShardTests {
  private static let layers: [any Layer] = [
    Conv2D(filters: 5, kernel: .init(3), activation: .relu), MaxPool2D(), Dropout(rate: 0.3),
    Conv2D(filters: 18, kernel: .init(2), padding: .same, activation: .gelu),
    AveragePool2D(size: .init(2), padding: .same),
    Flatten(), Dense(units: 19, activation: .tanh), Dropout(rate: 0.5), Dense(units: 4),
  ]

  private func makeSet(_ kernels: Kernels) throws -> TrainingSet {
    try TrainingSet(input: [9, 8, 2], layers: ShardTests.layers, samples: 7, kernels: kernels)
  }

  @Test("losses and ranks are equal bit for bit however the batch is cut", arguments: Kernels.available)
  func cuts(kernels: Kernels) throws {
    let set = try makeSet(kernels)
    let whole = set.train()
    for cuts in [[0, 3, 7], [0, 1, 2, 6, 7], Array(0...7)] {
      let parts = zip(cuts, cuts.dropFirst()).map { set.train($0..<$1) }
      #expect(parts.flatMap(\.losses) == whole.losses)
      #expect(parts.flatMap(\.ranks) == whole.ranks)
    }
  }

  @Test("a shard's gradient does not depend on the workspace or on what ran in it", arguments: Kernels.available)
  func workspaces(kernels: Kernels) throws {
    let set = try makeSet(kernels)
    let used = Workspace(for: set.network, capacity: 7)
    for range in [2..<5, 0..<7, 6..<7, 2..<5] {
      let (alone, shared) = (set.train(range), set.train(range, workspace: used))
      #expect(alone.losses == shared.losses)
      expectEqualBits(alone.gradient, shared.gradient)
    }
  }

  @Test("shards that run at once give the bits of shards that run one after the other", arguments: Kernels.available)
  func concurrent(kernels: Kernels) async throws {
    let set = try makeSet(kernels)
    let together = await withTaskGroup(of: (Int, TrainingSet.Result).self) { group in
      for sample in 0..<7 { group.addTask { (sample, set.train(sample..<sample + 1)) } }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for sample in 0..<7 {
      let alone = set.train(sample..<sample + 1)
      #expect(together[sample]?.losses == alone.losses)
      expectEqualBits(together[sample]?.gradient ?? [], alone.gradient)
    }
  }

  @Test("parameters that change with the step are seen by the backward pass", arguments: Kernels.available)
  func steps(kernels: Kernels) throws {
    let set = try makeSet(kernels)
    let used = Workspace(for: set.network, capacity: 7)
    _ = set.train(step: 0, workspace: used)
    for index in 0..<set.parameters.count { set.parameters.mutableView[index] *= 1.25 }
    expectEqualBits(set.train(step: 1, workspace: used).gradient, set.train(step: 1).gradient)
  }

  @Test("the whole batch's gradient is the sum of its shards'", arguments: Kernels.available)
  func sum(kernels: Kernels) throws {
    let set = try makeSet(kernels)
    let whole = set.train()
    let (first, second) = (set.train(0..<4), set.train(4..<7))
    for entry in set.network.parameters.entries {
      let largest = entry.range.map { abs(whole.gradient[$0]) }.max() ?? 0
      for index in entry.range {
        // Seven samples are added in another order: a few roundings of the largest.
        #expect(abs(first.gradient[index] + second.gradient[index] - whole.gradient[index]) <= 4e-6 * largest)
      }
    }
  }

  @Test("every parameter's gradient is written, and the padding between them is not")
  func written() throws {
    let set = try makeSet(.best)
    let gradient = set.train().gradient
    let used = Set(set.network.parameters.entries.flatMap { Array($0.range) })
    for index in gradient.indices { #expect(gradient[index].isNaN == !used.contains(index)) }
  }

  private func expectEqualBits(
    _ left: [Float], _ right: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(left.map(\.bitPattern) == right.map(\.bitPattern), sourceLocation: sourceLocation)
  }
}
