import Networks
import Tensors
import Workers

/// An item of the reduce phase: a run of the parameter vector that one worker sums over the minibatch and updates at once.
struct ReduceSlice: Sendable, BitwiseCopyable {
  // Plain numbers, because a range is not bitwise copyable.
  private let start, count: Int
  /// What forms its gradient; nil where the shards did and their vectors are added.
  let deferred: DeferredSlice?

  init(range: Range<Int>, deferred: DeferredSlice?) {
    (start, count) = (range.lowerBound, range.count)
    self.deferred = deferred
  }

  /// Place in the parameter vector.
  var range: Range<Int> { start..<start + count }
}

/// How the reduce phase cuts the parameter vector, and how it comes by a slice's gradient.
///
/// The cut is a function of the network's shapes alone. Deferring gradients, or not, changes no bit: it is an argument so
/// that a test can tell.
struct ReducePlan: Sendable {
  /// The largest first, so that no worker is left with one at the end. Storage, because workers that index an array count
  /// references to it.
  let slices: Storage<ReduceSlice>
  /// Floats of the largest slice.
  let largestSlice: Int
  /// Floats of a shard's gradient vector.
  let perShardCount: Int
  /// Floats that layers keep of a sample until the reduce phase.
  let keptCount: Int

  init(network: Network, defersGradients: Bool = true) {
    let deferred = network.deferredSlices.map { ReduceSlice(range: $0.range, deferred: defersGradients ? $0 : nil) }
    let front = GradientReducer.slices(of: network.parameters.perShardCount)
    let all = deferred + front.map { ReduceSlice(range: $0, deferred: nil) }
    slices = Storage(all)
    largestSlice = all.reduce(0) { max($0, $1.range.count) }
    perShardCount = defersGradients ? network.parameters.perShardCount : network.parameters.count
    keptCount = defersGradients ? network.keptCount : 0
  }
}

/// The gradient of a minibatch, slice by slice: views and values, for the bodies of the reduce phase.
struct GradientSum: Sendable {
  let network: Network
  let reducer: GradientReducer
  /// nil where nothing is deferred.
  let kept: BatchMemory?
  let shardSize: Int

  /// Writes one slice's gradient over the minibatch of `samples` samples in `shards` shards.
  func write(_ slice: ReduceSlice, samples: Int, shards: Int, into gradient: MutableView<Float>) {
    if let deferred = slice.deferred, let kept {
      network.formGradient(of: deferred, samples: samples, shardSize: shardSize, from: kept, into: gradient)
    } else {
      reducer.reduce(slice.range, shards: shards, into: gradient, kernels: network.kernels)
    }
  }
}
