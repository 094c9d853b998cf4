import Dispatch
import Synchronization
import Tensors

/// A minibatch, ready for the network: normalised inputs and labels, in memory that a `BatchQueue` lends.
///
/// Its views stay valid until the batch is given back.
public struct Batch: Sendable {
  /// The epoch it belongs to, from 0.
  public let epoch: Int
  /// Its place in the epoch, from 0.
  public let index: Int
  /// Samples in it.
  public let count: Int
  /// `[count, height, width, channels]`.
  public let inputs: View<Float>
  /// `[count]`.
  public let labels: View<Int32>
  /// Which of the queue's buffers it lies in.
  fileprivate let slot: Int
}

/// Hands out minibatches in the sampler's order, epoch after epoch, and prepares the next ones on a queue of its own meanwhile.
///
/// All memory is allocated by `init`. One thread at a time takes batches; each is given back before the buffers run out, in the order
/// they were taken:
///
///     let queue = BatchQueue(dataset: training, sampler: sampler, normalization: normalization, kernels: kernels)
///     for _ in 0..<sampler.batchesPerEpoch {
///       let batch = queue.next()
///       defer { queue.giveBack(batch) }
///       …
///     }
///
/// The order never ends: after the last batch of an epoch comes the first of the next one. So one queue with a sequential sampler
/// evaluates again and again.
public final class BatchQueue: Sendable {
  /// The order of the samples.
  public let sampler: Sampler
  private let prefetcher: Prefetcher

  /// Starts preparing batches.
  ///
  /// - Parameters:
  ///   - dataset: the samples that the sampler's indices refer to.
  ///   - ahead: batches that are prepared while one is in use.
  ///   - epoch: epoch of the first batch.
  ///   - batch: place of the first batch in that epoch.
  /// - Precondition: the sampler's indices lie within the data set; `ahead >= 1`; the position exists.
  public init(
    dataset: ImageDataset, sampler: Sampler, normalization: Normalization, kernels: Kernels, ahead: Int = 2,
    startingAtEpoch epoch: Int = 0, batch: Int = 0
  ) {
    self.sampler = sampler
    let prefetcher = Prefetcher(
      dataset: dataset, sampler: sampler, normalization: normalization, kernels: kernels, buffers: ahead + 1)
    self.prefetcher = prefetcher
    prefetcher.begin(epoch: epoch, batch: batch)
    // A serial queue's thread is outside the pool that `concurrentPerform` uses, so waiting on it takes no worker away.
    DispatchQueue(label: "lockstep.prefetch", qos: .userInitiated).async { prefetcher.run() }
  }

  /// Waits for the batch in preparation, if there is one; nothing of the queue runs on afterwards.
  deinit { prefetcher.stop() }

  /// The next batch; waits until it is ready.
  ///
  /// - Precondition: fewer than `ahead + 1` batches are out.
  public func next() -> Batch { prefetcher.take() }

  /// Lends the batch's memory to a later batch. Its views are dead afterwards.
  ///
  /// - Precondition: it is the oldest batch that is out.
  public func giveBack(_ batch: Batch) { prefetcher.release(batch) }

  /// Makes `next` go on at another position; what was prepared for the old one is dropped.
  ///
  /// - Precondition: no batch is out; the position exists.
  public func seek(epoch: Int, batch: Int) {
    prefetcher.drain()
    prefetcher.begin(epoch: epoch, batch: batch)
  }
}

/// What the caller's thread and the prefetch thread share. The queue owns it, the thread borrows it: so the queue's `deinit` can run.
private final class Prefetcher: Sendable {
  /// Memory of one batch.
  struct Buffer: Sendable {
    let inputs: Storage<Float>
    let labels: Storage<Int32>
  }

  struct State {
    /// Position of the next batch to prepare.
    var epoch = 0
    var batch = 0
    /// What lies in each buffer that is ready.
    var contents: [Batch?]
    /// Batches taken since the beginning; modulo the number of buffers, the buffer of the next one.
    var taken = 0
    /// Batches taken and not given back.
    var lent = 0
    var isStopped = false
  }

  private let dataset: ImageDataset
  private let sampler: Sampler
  private let normalization: Normalization
  private let kernels: Kernels
  // Safe to share although writable: a buffer belongs to the prefetch thread from `free` to `ready`, and to the caller from `ready`
  // to `free`; the semaphores are the hand-over. `order` belongs to the prefetch thread.
  private let buffers: [Buffer]
  private let order: Storage<Int32>
  private let state: Mutex<State>
  /// Counts buffers that may be written.
  private let free = DispatchSemaphore(value: 0)
  /// Counts batches that may be taken.
  private let ready = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)

  init(dataset: ImageDataset, sampler: Sampler, normalization: Normalization, kernels: Kernels, buffers count: Int) {
    precondition(count >= 2, "prefetching needs a batch ahead")
    self.dataset = dataset
    self.sampler = sampler
    self.normalization = normalization
    self.kernels = kernels
    let largest = min(sampler.batchSize, sampler.count)
    buffers = (0..<count).map { _ in
      Buffer(inputs: Storage(count: largest * dataset.shape.count), labels: Storage(count: largest))
    }
    order = Storage(count: sampler.count)
    state = Mutex(State(contents: Array(repeating: nil, count: count)))
  }

  // MARK: The caller's side

  /// Sets the position and frees all buffers, of which none may be lent or ready.
  func begin(epoch: Int, batch: Int) {
    precondition(epoch >= 0 && batch >= 0 && batch < sampler.batchesPerEpoch, "no such batch")
    state.withLock {
      $0.epoch = epoch
      $0.batch = batch
    }
    for _ in buffers { free.signal() }
  }

  /// Waits until every buffer is ready, and drops them all.
  func drain() {
    precondition(state.withLock { $0.lent } == 0, "a batch is still out")
    for _ in buffers { ready.wait() }
    state.withLock { $0.taken += buffers.count }
  }

  func take() -> Batch {
    precondition(state.withLock { $0.lent } < buffers.count, "every batch is out; give one back first")
    ready.wait()
    return state.withLock { state in
      guard let batch = state.contents[state.taken % buffers.count] else {
        preconditionFailure("a batch was announced that is not there")
      }
      state.taken += 1
      state.lent += 1
      return batch
    }
  }

  func release(_ batch: Batch) {
    state.withLock { state in
      precondition(
        state.lent > 0 && batch.slot == (state.taken - state.lent) % buffers.count,
        "batches are given back once each, oldest first")
      state.lent -= 1
    }
    free.signal()
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    free.signal()
    finished.wait()
  }

  // MARK: The prefetch thread's side

  /// Prepares batches until `stop`.
  func run() {
    var slot = 0
    var orderedEpoch = -1
    while true {
      free.wait()
      let position = state.withLock { state -> (epoch: Int, batch: Int)? in
        if state.isStopped { return nil }
        let position = (state.epoch, state.batch)
        state.batch += 1
        if state.batch == sampler.batchesPerEpoch {
          state.batch = 0
          state.epoch += 1
        }
        return position
      }
      guard let position else { break }
      if orderedEpoch != position.epoch {
        // One buffer is enough: all batches of the epoch before have been gathered.
        sampler.write(epoch: position.epoch, to: order.mutableView)
        orderedEpoch = position.epoch
      }
      let batch = prepare(epoch: position.epoch, batch: position.batch, slot: slot)
      state.withLock { $0.contents[slot] = batch }
      ready.signal()
      slot = slot + 1 == buffers.count ? 0 : slot + 1
    }
    finished.signal()
  }

  /// Gathers and normalises one batch into a buffer.
  private func prepare(epoch: Int, batch: Int, slot: Int) -> Batch {
    let places = sampler.places(ofBatch: batch)
    let chosen = order.view[places]
    let inputs = buffers[slot].inputs.mutableView[0..<chosen.count * dataset.shape.count]
    let labels = buffers[slot].labels.mutableView[0..<chosen.count]
    let size = dataset.shape.count
    for place in 0..<chosen.count {
      let sample = Int(chosen[place])
      labels[place] = dataset.labels.view[sample]
      normalization.apply(
        to: dataset.image(sample), output: inputs[place * size..<(place + 1) * size], kernels: kernels)
    }
    return Batch(
      epoch: epoch, index: batch, count: chosen.count, inputs: inputs.readOnly, labels: labels.readOnly, slot: slot)
  }
}
