import Datasets
import Tensors
import Testing

@Suite("Sampler") struct SamplerTests {
  private func order(of sampler: Sampler, epoch: Int) -> [Int32] {
    let order = Storage<Int32>(count: sampler.count)
    sampler.write(epoch: epoch, to: order.mutableView)
    return order.array()
  }

  private let samples = Storage<Int32>((0..<1000).map { Int32($0 * 3) })

  @Test("visits every listed sample once an epoch", arguments: [0, 1, 2, 1_000_000])
  func permutation(epoch: Int) {
    let sampler = Sampler(samples: samples, order: .shuffled(seed: 7), batchSize: 64)
    #expect(order(of: sampler, epoch: epoch).sorted() == samples.array())
  }

  @Test("is a function of seed and epoch") func function() {
    let sampler = Sampler(samples: samples, order: .shuffled(seed: 7), batchSize: 64)
    let again = Sampler(samples: samples, order: .shuffled(seed: 7), batchSize: 10)
    let other = Sampler(samples: samples, order: .shuffled(seed: 8), batchSize: 64)
    #expect(order(of: sampler, epoch: 5) == order(of: again, epoch: 5))
    #expect(order(of: sampler, epoch: 5) != order(of: sampler, epoch: 6))
    #expect(order(of: sampler, epoch: 5) != order(of: other, epoch: 5))
  }

  /// Generator: Goldens/sampling.py.
  @Test("is what its definition says") func golden() {
    let samples = Storage<Int32>((0..<20).map { Int32($0) })
    let sampler = Sampler(samples: samples, order: .shuffled(seed: 7), batchSize: 4)
    #expect(
      order(of: sampler, epoch: 0) == [19, 10, 3, 15, 8, 9, 0, 5, 13, 16, 12, 2, 4, 18, 17, 6, 14, 1, 11, 7])
    #expect(
      order(of: sampler, epoch: 3) == [19, 10, 8, 5, 18, 4, 14, 0, 9, 15, 17, 13, 3, 6, 2, 7, 12, 11, 1, 16])
  }

  @Test("in sequence keeps the listed order in every epoch") func sequential() {
    let sampler = Sampler(samples: samples, order: .sequential, batchSize: 64)
    #expect(order(of: sampler, epoch: 0) == samples.array())
    #expect(order(of: sampler, epoch: 9) == samples.array())
  }

  @Test("puts every sample first about equally often") func uniform() {
    let sampler = Sampler(samples: Storage((0..<8).map { Int32($0) }), order: .shuffled(seed: 3), batchSize: 8)
    var firsts = [Int](repeating: 0, count: 8)
    for epoch in 0..<4000 { firsts[Int(order(of: sampler, epoch: epoch)[0])] += 1 }
    // Mean 500, standard deviation 21: five of them.
    #expect(firsts.allSatisfy { abs($0 - 500) < 105 }, "\(firsts)")
  }

  @Test("cuts an epoch into batches of which the last is short") func batches() {
    let sampler = Sampler(samples: samples, order: .sequential, batchSize: 128)
    #expect(sampler.batchesPerEpoch == 8)
    #expect((0..<8).map { sampler.places(ofBatch: $0).count } == [128, 128, 128, 128, 128, 128, 128, 104])
    #expect((0..<8).flatMap { sampler.places(ofBatch: $0) } == Array(0..<1000))
    #expect(Sampler(samples: samples, order: .sequential, batchSize: 1000).batchesPerEpoch == 1)
    #expect(Sampler(samples: samples, order: .sequential, batchSize: .max).places(ofBatch: 0) == 0..<1000)
  }
}
