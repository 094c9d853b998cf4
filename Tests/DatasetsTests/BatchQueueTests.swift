import Datasets
import Dispatch
import Tensors
import Testing

@Suite("Batch queue") struct BatchQueueTests {
  /// A batch copied out of the queue's memory.
  struct Copy: Equatable {
    let epoch: Int
    let index: Int
    let labels: [Int32]
    let inputs: [Float]

    init(_ batch: Batch) {
      epoch = batch.epoch
      index = batch.index
      labels = batch.labels.array()
      inputs = batch.inputs.array()
      #expect(labels.count == batch.count)
    }

    init(epoch: Int, index: Int, labels: [Int32], inputs: [Float]) {
      self.epoch = epoch
      self.index = index
      self.labels = labels
      self.inputs = inputs
    }
  }

  private let dataset: ImageDataset
  private let sampler: Sampler
  private let normalization: Normalization

  init() throws {
    dataset = try Samples.dataset(count: 103, channels: 2)
    // Not all samples, and not in order of their numbers.
    let samples = Storage<Int32>((0..<91).map { Int32(102 - $0) })
    sampler = Sampler(samples: samples, order: .shuffled(seed: 5), batchSize: 8)
    normalization = Normalization(scale: [0.5, 2], offset: [0, 0])
  }

  private func queue(_ sampler: Sampler? = nil, ahead: Int = 2, epoch: Int = 0, batch: Int = 0) -> BatchQueue {
    BatchQueue(
      dataset: dataset, sampler: sampler ?? self.sampler, normalization: normalization, kernels: Samples.kernels,
      ahead: ahead, startingAtEpoch: epoch, batch: batch)
  }

  private func take(_ count: Int, from queue: BatchQueue) -> [Copy] {
    (0..<count).map { _ in
      let batch = queue.next()
      defer { queue.giveBack(batch) }
      return Copy(batch)
    }
  }

  /// What the queue should hand out, put together without one.
  private func expected(_ sampler: Sampler, epochs: Range<Int>) -> [Copy] {
    epochs.flatMap { epoch in
      let order = Storage<Int32>(count: sampler.count)
      sampler.write(epoch: epoch, to: order.mutableView)
      return (0..<sampler.batchesPerEpoch).map { index in
        let chosen = sampler.places(ofBatch: index).map { Int(order.view[$0]) }
        let inputs = chosen.flatMap { sample in
          dataset.image(sample).array().enumerated().map { Float($1) * ($0 % 2 == 0 ? 0.5 : 2) }
        }
        return Copy(
          epoch: epoch, index: index, labels: chosen.map { dataset.labels.view[$0] }, inputs: inputs)
      }
    }
  }

  @Test("hands out the sampler's batches, epoch after epoch", arguments: [1, 2, 5]) func order(ahead: Int) {
    #expect(take(36, from: queue(ahead: ahead)) == expected(sampler, epochs: 0..<3))
  }

  @Test("goes on anywhere with the same batches") func restart() {
    let whole = expected(sampler, epochs: 0..<3)
    for position in [0, 1, 5, 11, 12, 13, 23, 24] {
      let restarted = queue(epoch: position / 12, batch: position % 12)
      #expect(take(8, from: restarted) == Array(whole[position..<position + 8]), "from batch \(position)")
    }
  }

  @Test("seeks back and forth") func seek() {
    let whole = expected(sampler, epochs: 0..<3)
    let queue = queue()
    for position in [20, 0, 7, 7, 26, 11] {
      queue.seek(epoch: position / 12, batch: position % 12)
      #expect(take(5, from: queue) == Array(whole[position..<position + 5]), "at batch \(position)")
    }
  }

  @Test("in sequence repeats one epoch for ever: evaluation") func sequential() {
    let plain = Sampler(dataset: dataset, order: .sequential, batchSize: 50)
    let queue = queue(plain)
    for epoch in 0..<4 {
      let batches = take(3, from: queue)
      #expect(batches == expected(plain, epochs: epoch..<epoch + 1))
      #expect(batches.flatMap(\.labels) == dataset.labels.array())
    }
  }

  @Test("lends several batches at once, whose memory nobody touches") func several() {
    let whole = expected(sampler, epochs: 0..<1)
    let queue = queue(ahead: 3)
    let batches = (0..<4).map { _ in queue.next() }
    #expect(batches.map(Copy.init) == Array(whole[..<4]))
    for batch in batches { queue.giveBack(batch) }
    #expect(take(4, from: queue) == Array(whole[4..<8]))
  }

  @Test("takes a batch size above the number of samples") func oversized() {
    let whole = Sampler(samples: sampler.samples, order: .shuffled(seed: 1), batchSize: .max)
    #expect(take(3, from: queue(whole)) == expected(whole, epochs: 0..<3))
  }

  @Test("comes and goes at any moment") func lifetimes() {
    let whole = expected(sampler, epochs: 0..<1)
    DispatchQueue.concurrentPerform(iterations: 200) { iteration in
      let queue = queue(ahead: 1 + iteration % 3, batch: iteration % 8)
      guard iteration % 5 > 0 else { return }
      let start = iteration % 8
      #expect(take(iteration % 5, from: queue) == Array(whole[start..<start + iteration % 5]))
      // Some go while a batch is out, which a thrown error may cause.
      if iteration % 2 == 0 { _ = queue.next() }
    }
  }
}
