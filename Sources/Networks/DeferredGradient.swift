import Tensors

/// A layer's promise to form the gradient of its first parameter, a matrix, not shard by shard but over the whole
/// minibatch, in the reduce phase.
///
/// In the gradient phase `LayerOperation.backward` keeps what it needs of each sample (`BackwardPass.kept`); in the reduce
/// phase `LayerOperation.deferredGradient` forms some rows at a time, which the optimizer applies while they are in
/// cache. No shard has a copy of the matrix. The bits are those of the sum over shards that formed it themselves.
public struct DeferredGradient: Sendable, Equatable {
  /// Rows of the matrix.
  public let rows: Int
  /// Columns of the matrix.
  public let columns: Int
  /// Floats that `backward` keeps of each sample.
  public let keptCount: Int

  /// Describes a deferred gradient.
  public init(rows: Int, columns: Int, keptCount: Int) {
    self.rows = rows
    self.columns = columns
    self.keptCount = keptCount
  }

  /// Rows formed at once: work for some microseconds, a multiple of the rows of the kernels' register tiles, and few
  /// enough floats to stay in cache with the optimizer's slots. A function of the shape alone.
  public var rowsPerSlice: Int {
    let (tileRows, floats) = (12, 8_192)
    return max(tileRows, floats / columns / tileRows * tileRows)
  }

  /// Whether a matrix is worth deferring: whether the inputs and output gradients of a shard of 16 samples are less memory
  /// than the gradient that they give, so that keeping them is less traffic too.
  public static func pays(rows: Int, columns: Int) -> Bool { 1 / Double(rows) + 1 / Double(columns) < 1 / 16 }
}

/// The memory in which layers keep what their deferred gradients need, for all samples of a minibatch. It belongs to the
/// step: shards write their samples' places at once, and the reduce phase reads.
public struct BatchMemory: Sendable {
  let values: MutableView<Float>
  /// Most samples of a minibatch.
  let capacity: Int

  /// Borrows `values`, which outlive the value.
  ///
  /// - Precondition: `values` has `network.keptCount × capacity` floats.
  public init(_ values: MutableView<Float>, for network: Network, capacity: Int) {
    precondition(values.count == network.keptCount * capacity, "batch memory of another length")
    self.values = values
    self.capacity = capacity
  }
}

/// One layer's part of a `BatchMemory`, as a shard's backward pass sees it.
public struct KeptSamples: Sendable {
  /// `[keptCount × capacity]`, in a layout of the layer's own; only the places of this shard's samples may be written.
  public let values: MutableView<Float>
  /// Most samples of a minibatch.
  public let capacity: Int
  /// Place of the shard's first sample in the minibatch.
  public let firstSample: Int
}

/// Arguments of `LayerOperation.deferredGradient`.
public struct DeferredPass: Sendable {
  /// The kernels to use.
  public let kernels: Kernels
  /// Samples of the minibatch.
  public let samples: Int
  /// Samples of each of its shards; the last may have less.
  public let shardSize: Int
  /// `[keptCount × capacity]`, as `backward` left it.
  public let kept: View<Float>
  /// Most samples of a minibatch.
  public let capacity: Int
  /// The rows wanted.
  public let rows: Range<Int>
  /// `[rows.count, columns]`, to be written.
  public let gradient: MutableView<Float>
}

/// A run of rows of one deferred gradient: an item of the reduce phase.
public struct DeferredSlice: Sendable, BitwiseCopyable, Equatable {
  // Plain numbers, because a range is not bitwise copyable.
  private let start, count: Int
  private let firstRow, rowCount: Int
  /// The stage whose gradient it is.
  public let stage: Int

  /// - Parameter matrix: first element of the matrix in the parameter vector.
  init(stage: Int, matrix: Int, rows: Range<Int>, columns: Int) {
    self.stage = stage
    (start, count) = (matrix + rows.lowerBound * columns, rows.count * columns)
    (firstRow, rowCount) = (rows.lowerBound, rows.count)
  }

  /// Place in the parameter vector.
  public var range: Range<Int> { start..<start + count }
  /// The rows of the matrix.
  var rows: Range<Int> { firstRow..<firstRow + rowCount }
}

// MARK: The reduce phase

extension Network {
  /// Floats of a `BatchMemory` for each sample.
  public var keptCount: Int { memory.kept }

  /// The deferred gradients in runs of rows: a function of the shapes alone. Together they cover the parameter vector from
  /// `parameters.perShardCount` on, but for padding.
  public var deferredSlices: [DeferredSlice] {
    var slices: [DeferredSlice] = []
    program.forEach { stage in
      guard let deferred = stage.place.deferred else { return }
      for first in stride(from: 0, to: deferred.rows, by: deferred.rowsPerSlice) {
        slices.append(
          DeferredSlice(
            stage: stage.place.index, matrix: stage.place.parameters[0].lowerBound,
            rows: first..<min(first + deferred.rowsPerSlice, deferred.rows), columns: deferred.columns))
      }
    }
    return slices
  }

  /// Forms one slice of the gradient over a minibatch whose shards were all trained with this batch memory: the bits of
  /// the shards' own gradients, summed along the reducer's tree.
  ///
  /// - Parameters:
  ///   - slice: one of `deferredSlices`.
  ///   - samples: of the minibatch.
  ///   - shardSize: samples of each shard but the last.
  ///   - memory: what the shards kept.
  ///   - gradient: gets the slice's gradient.
  public func formGradient(
    of slice: DeferredSlice, samples: Int, shardSize: Int, from memory: BatchMemory, into gradient: MutableView<Float>
  ) {
    program.withStage(slice.stage) { stage in
      stage.deferredGradient(
        DeferredPass(
          kernels: kernels, samples: samples, shardSize: shardSize, kept: kept(of: stage.place, in: memory).readOnly,
          capacity: memory.capacity, rows: slice.rows, gradient: gradient))
    }
  }

  /// A stage's part of the batch memory: offsets are planned for one sample, as in a workspace.
  func kept(of place: StagePlace, in memory: BatchMemory) -> MutableView<Float> {
    let start = place.keptOffset * memory.capacity
    return memory.values[start..<start + (place.deferred?.keptCount ?? 0) * memory.capacity]
  }
}
