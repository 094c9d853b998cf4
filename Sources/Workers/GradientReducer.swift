import Tensors

/// The shards' gradients and the all-reduce over them.
///
/// Each shard writes a vector of its own. In the reduce phase a worker takes slices of the vector and adds the shards along one fixed
/// binary tree: neighbours first, then neighbouring pairs, so that aligned runs of 1, 2, 4 … shards are summed on their own before
/// they meet. The tree depends on the number of shards alone. The caller applies the optimizer to the slice at once, while it is in
/// cache; the parameters are shared memory, so nothing has to be gathered.
///
/// Cost: every gradient is written once and read once, `shards × count × 4` bytes each; no other traffic.
public final class GradientReducer: Sendable {
  /// Floats of a slice: 8 KiB, so that a slice of gradient, parameters and two slots stays in L1. Also the unit of the partial sums of
  /// the gradient's norm, so it may never depend on the machine.
  public static let sliceLength = 2_048

  /// Most shards of a step.
  public let shardCapacity: Int
  /// Floats of one gradient vector.
  public let count: Int

  private let stride: Int
  private let gradients: Storage<Float>

  /// - Parameters:
  ///   - shardCapacity: most shards of a step, at least 1.
  ///   - count: length of a shard's gradient vector.
  ///   - pool: whose workers touch the vectors first, each those of the shards in its share, so that they lie near its core.
  public init(shardCapacity: Int, count: Int, pool: WorkerPool) {
    precondition(shardCapacity >= 1 && count >= 0, "all-reduce of no shards")
    self.shardCapacity = shardCapacity
    self.count = count
    // A distance of whole cache lines that is no multiple of a page, so that the same place of all shards does not
    // fall into the same cache set.
    let lines = (count + 15) / 16
    stride = 16 * (lines % 64 == 0 ? lines + 1 : lines)
    gradients = Storage(count: shardCapacity * stride, zeroed: false)
    // Padding between tensors is summed too, but never written.
    let (all, stride) = (gradients.mutableView, stride)
    // The body cannot throw.
    try? pool.run(shardCapacity) { _, shard in all[shard * stride..<(shard + 1) * stride].fill(with: 0) }
  }

  /// A vector of `count` elements cut into runs of `sliceLength` and a rest.
  public static func slices(of count: Int) -> [Range<Int>] {
    Swift.stride(from: 0, to: count, by: sliceLength).map { $0..<min($0 + sliceLength, count) }
  }

  /// The vector that shard `index` writes.
  public func gradient(ofShard index: Int) -> MutableView<Float> {
    gradients.mutableView[index * stride..<index * stride + count]
  }

  /// Sums the elements in `range` over the first `shards` shards into `total`, whose count is the range's.
  public func reduce(_ range: Range<Int>, shards: Int, into total: MutableView<Float>, kernels: Kernels) {
    precondition(shards >= 1 && shards <= shardCapacity, "more shards than planned")
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a slice beyond the vector's end")
    precondition(total.count == range.count, "slice of another length")
    let end = (shards - 1) * stride + range.upperBound
    kernels.treeSum(
      shards: shards, stride: stride, gradients: gradients.view[range.lowerBound..<end], total: total)
  }
}
