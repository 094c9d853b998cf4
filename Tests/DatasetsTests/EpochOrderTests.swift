import Datasets
import Tensors
import Testing

@Suite("Epoch order") struct EpochOrderTests {
  /// The sampler's own order of an epoch, cut into batches.
  private func batches(_ sampler: Sampler, epoch: Int) -> [[Int32]] {
    let order = Storage<Int32>(count: sampler.count)
    sampler.write(epoch: epoch, to: order.mutableView)
    return (0..<sampler.batchesPerEpoch).map { batch in order.view[sampler.places(ofBatch: batch)].array() }
  }

  private func sampler(batchSize: Int, order: Sampler.Order = .shuffled(seed: 5), count: Int = 91) -> Sampler {
    // Not in order of their numbers.
    Sampler(samples: Storage((0..<count).map { Int32(2 * (count - $0)) }), order: order, batchSize: batchSize)
  }

  @Test("hands out the sampler's batches, epoch after epoch", arguments: [1, 2, 8, 90, 91, 92, .max])
  func order(batchSize: Int) {
    let sampler = sampler(batchSize: batchSize)
    let order = EpochOrder(sampler)
    for epoch in 0..<4 {
      let handedOut = (0..<sampler.batchesPerEpoch).map { order.samples(epoch: epoch, batch: $0).array() }
      #expect(handedOut == batches(sampler, epoch: epoch), "epoch \(epoch)")
    }
  }

  @Test("goes on anywhere, forwards and backwards")
  func anywhere() {
    let sampler = sampler(batchSize: 8)
    let order = EpochOrder(sampler)
    for (epoch, batch) in [(2, 5), (2, 6), (3, 0), (3, 11), (5, 1), (5, 0), (4, 7), (0, 0), (0, 0), (1, 3)] {
      let expected = batches(sampler, epoch: epoch)[batch]
      #expect(order.samples(epoch: epoch, batch: batch).array() == expected, "epoch \(epoch), batch \(batch)")
    }
  }

  @Test("in sequence is the listed order in every epoch")
  func sequential() {
    let sampler = sampler(batchSize: 10, order: .sequential)
    let order = EpochOrder(sampler)
    for epoch in 0..<3 {
      let visited = (0..<sampler.batchesPerEpoch).flatMap { order.samples(epoch: epoch, batch: $0).array() }
      #expect(visited == sampler.samples.array())
    }
  }

  @Test("of one sample", arguments: [Sampler.Order.sequential, .shuffled(seed: 1)])
  func one(order: Sampler.Order) {
    let single = EpochOrder(sampler(batchSize: 4, order: order, count: 1))
    for epoch in 0..<3 { #expect(single.samples(epoch: epoch, batch: 0).array() == [2]) }
  }
}
