import Tensors

/// The order in which an epoch visits the samples, cut into minibatches.
///
/// The order is a function of (samples, seed, epoch): nothing is carried from one epoch to the next, so a run can go on at any batch
/// of any epoch.
public struct Sampler: Sendable {
  /// How the samples are ordered.
  public enum Order: Sendable, Equatable {
    /// As listed, every epoch: for evaluation.
    case sequential
    /// A new permutation each epoch.
    case shuffled(seed: UInt64)
  }

  /// Indices of the samples to visit, in the order they were listed.
  public let samples: Storage<Int32>
  /// How they are ordered.
  public let order: Order
  /// Samples in a batch; the last of an epoch may have fewer.
  public let batchSize: Int

  /// Visits the listed samples.
  ///
  /// - Precondition: at least one sample, `batchSize >= 1`.
  public init(samples: Storage<Int32>, order: Order, batchSize: Int) {
    precondition(samples.count >= 1 && batchSize >= 1, "a sampler needs samples and a batch size")
    self.samples = samples
    self.order = order
    self.batchSize = batchSize
  }

  /// Visits all of a data set's samples.
  public init(dataset: ImageDataset, order: Order, batchSize: Int) {
    self.init(samples: .identity(count: dataset.count), order: order, batchSize: batchSize)
  }

  /// Samples of one epoch.
  public var count: Int { samples.count }
  /// Batches of one epoch: ⌈count / batchSize⌉.
  public var batchesPerEpoch: Int { (count - 1) / batchSize + 1 }

  /// Places of a batch within the epoch's order.
  ///
  /// - Precondition: `0 <= batch < batchesPerEpoch`.
  public func places(ofBatch batch: Int) -> Range<Int> {
    precondition(batch >= 0 && batch < batchesPerEpoch, "batch out of range")
    let start = batch * batchSize
    return start..<start + min(batchSize, count - start)
  }

  /// Writes the sample indices of an epoch in order of their visit.
  ///
  /// - Parameters:
  ///   - epoch: from 0.
  ///   - target: `count` long.
  public func write(epoch: Int, to target: MutableView<Int32>) {
    var shuffle = begin(epoch: epoch, in: target)
    shuffle.run(target)
  }

  /// Writes the samples as listed; what is left to do is the epoch's shuffle.
  func begin(epoch: Int, in target: MutableView<Int32>) -> Shuffle {
    target.copy(from: samples.view)
    switch order {
    case .sequential: return Shuffle(count: 0, stream: RandomStream(seed: 0, purpose: .shuffle))
    case .shuffled(let seed):
      return Shuffle(count: count, stream: RandomStream(seed: seed, purpose: .shuffle, index: epoch))
    }
  }
}
