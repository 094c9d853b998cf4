import Tensors

/// The order of the epoch under way, and that of the next one in the making.
///
/// Shuffling many samples takes longer than a short step, so the first step of an epoch would be late. Instead, every batch that is
/// asked for moves the next epoch's shuffle on by as many samples as it has itself.
public final class EpochOrder {
  /// What decides the order.
  public let sampler: Sampler

  /// The epoch that `current` is the order of; -1 for none.
  private var epoch = -1
  private var current: Storage<Int32>
  private var upcoming: Storage<Int32>
  /// What is left to do on `upcoming`.
  private var shuffle: Shuffle

  /// All memory is allocated here.
  public init(_ sampler: Sampler) {
    self.sampler = sampler
    current = Storage(count: sampler.count, zeroed: false)
    upcoming = Storage(count: sampler.count, zeroed: false)
    shuffle = sampler.begin(epoch: 0, in: upcoming.mutableView)
  }

  /// The indices of a batch's samples, valid until another epoch is asked for.
  ///
  /// Any batch of any epoch may be asked for; one behind the other is what is fast.
  ///
  /// - Precondition: `epoch >= 0`, `0 <= batch < sampler.batchesPerEpoch`.
  public func samples(epoch: Int, batch: Int) -> View<Int32> {
    if epoch != self.epoch { turn(to: epoch) }
    let places = sampler.places(ofBatch: batch)
    shuffle.run(upcoming.mutableView, untilRemaining: sampler.count - places.upperBound)
    return current.view[places]
  }

  private func turn(to epoch: Int) {
    precondition(epoch >= 0, "an epoch before the first")
    if epoch != self.epoch + 1 { shuffle = sampler.begin(epoch: epoch, in: upcoming.mutableView) }
    shuffle.run(upcoming.mutableView)
    swap(&current, &upcoming)
    self.epoch = epoch
    shuffle = sampler.begin(epoch: epoch + 1, in: upcoming.mutableView)
  }
}
