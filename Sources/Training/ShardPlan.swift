/// How a minibatch is cut into shards: a function of the config alone, never of the machine.
///
/// Every shard but the last has `shardSize` samples. A short last minibatch of an epoch is cut by the same size into fewer shards.
public struct ShardPlan: Sendable, Equatable {
  /// Samples of a shard where the config names no number of shards: enough to keep the kernels' loops long, few enough that a
  /// minibatch of 128 feeds 8 workers.
  public static let defaultShardSize = 16

  /// Samples of a full minibatch.
  public let batchSize: Int
  /// Samples of a full shard.
  public let shardSize: Int

  /// - Parameters:
  ///   - batchSize: at least 1.
  ///   - shards: wished number of shards, or nil for shards of `defaultShardSize`.
  public init(batchSize: Int, shards: Int?) {
    precondition(batchSize >= 1 && shards ?? 1 >= 1, "shard plan of nothing")
    self.batchSize = batchSize
    let size = shards.map { (batchSize + $0 - 1) / $0 } ?? ShardPlan.defaultShardSize
    shardSize = min(size, batchSize)
  }

  /// Shards of a full minibatch. May be less than what the config asked for, where the samples do not divide so.
  public var shards: Int { shards(samples: batchSize) }

  /// Shards of a minibatch of `samples`.
  public func shards(samples: Int) -> Int { (samples + shardSize - 1) / shardSize }

  /// The samples of one shard of a minibatch.
  public func range(ofShard index: Int, samples: Int) -> Range<Int> {
    index * shardSize..<min((index + 1) * shardSize, samples)
  }
}
