import Tensors

/// The flat vector of all parameters: one aligned run for each tensor, zeros between.
///
/// At the front lie the tensors whose gradients shards form themselves, behind them those whose gradients are deferred, so
/// that a shard's gradient vector is the front alone.
///
/// Gradients and optimizer slots use the same layout, so that all-reduce, update and snapshot are one loop each.
public struct ParameterLayout: Sendable {
  /// One tensor in the vector.
  public struct Entry: Sendable {
    /// Name of the layer in the network, for example `conv2d_1`.
    public let layer: String
    /// What it is, with shape and initialiser.
    public let spec: ParameterSpec
    /// Place of this tensor among its layer's.
    public let indexInLayer: Int
    /// Floats it occupies.
    public let range: Range<Int>

    /// `conv2d_1/kernel`: for messages.
    public var name: String { "\(layer)/\(spec.name)" }

    /// `/layers/conv2d_1/vars/0`: the dataset in a Keras 3 `.weights.h5`.
    public var datasetPath: String { "/layers/\(layer)/vars/\(indexInLayer)" }
  }

  /// Every tensor starts at a multiple of this many floats: a cache line.
  public static let alignment = 16

  /// All tensors, in layer order.
  public let entries: [Entry]
  /// Length of the vector, with padding: a multiple of `alignment`.
  public let count: Int
  /// Length of its front, the tensors whose gradients are not deferred.
  public let perShardCount: Int

  /// Parameters without padding.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.range.count } }

  init(_ specs: [(layer: String, indexInLayer: Int, spec: ParameterSpec, isDeferred: Bool)]) {
    let front = specs.reduce(0) { $0 + ($1.isDeferred ? 0 : ParameterLayout.aligned($1.spec.shape.count)) }
    var (next, nextDeferred) = (0, front)
    entries = specs.map { item in
      let start = item.isDeferred ? nextDeferred : next
      let range = start..<start + item.spec.shape.count
      if item.isDeferred {
        nextDeferred = ParameterLayout.aligned(range.upperBound)
      } else {
        next = ParameterLayout.aligned(range.upperBound)
      }
      return Entry(layer: item.layer, spec: item.spec, indexInLayer: item.indexInLayer, range: range)
    }
    count = nextDeferred
    perShardCount = front
  }

  static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}
