import Protobuf
import Tensors

/// How many of some numbers lie between which limits.
///
/// The limits are those of TensorFlow and PyTorch: 0, ±10⁻¹² and from there on 1.1 times as much until 10²⁰, so that a
/// histogram tells the sizes of small numbers apart as well as of large ones. What is not finite is left out.
package struct Histogram: Sendable, Equatable {
  /// Smallest and largest of the numbers; 0 where there are none.
  package private(set) var (least, largest) = (0.0, 0.0)
  /// How many they are.
  package private(set) var count = 0
  /// Their sum and that of their squares, added in order, in FP64.
  package private(set) var (sum, sumOfSquares) = (0.0, 0.0)
  /// Numbers from one limit up to, and without, the next: `counts[i]` lie in `limits[i − 1]..<limits[i]`.
  private let counts: [Int]

  /// Counts the elements of a view.
  package init(_ values: View<Float>) {
    // Views and local numbers, because this runs over all parameters of a network.
    let counts = Storage<Int>(count: Limits.all.count)
    let (bucketCounts, limits) = (counts.mutableView, Limits())
    var (least, largest) = (Float.infinity, -Float.infinity)
    var (count, sum, sumOfSquares) = (0, 0.0, 0.0)
    for index in 0..<values.count {
      let value = values[index]
      guard value.isFinite else { continue }
      least = value < least ? value : least
      largest = value > largest ? value : largest
      count += 1
      sum += Double(value)
      sumOfSquares += Double(value) * Double(value)
      bucketCounts[limits.bucket(of: value)] += 1
    }
    self.counts = counts.array()
    (self.count, self.sum, self.sumOfSquares) = (count, sum, sumOfSquares)
    if count > 0 { (self.least, self.largest) = (Double(least), Double(largest)) }
  }

  /// Upper limits and counts; a run of empty buckets is one.
  package var buckets: [(limit: Double, count: Double)] {
    var buckets: [(limit: Double, count: Double)] = []
    var isEmptyBefore = false
    for (limit, count) in zip(Limits.all, counts) {
      if count == 0, isEmptyBefore { buckets.removeLast() }
      buckets.append((limit, Double(count)))
      isEmptyBefore = count == 0
    }
    return buckets
  }

  /// As TensorFlow's `HistogramProto`.
  func write(to message: inout ProtobufWriter) {
    message.double(1, least)
    message.double(2, largest)
    message.double(3, Double(count))
    message.double(4, sum)
    message.double(5, sumOfSquares)
    let buckets = buckets
    message.doubles(6, buckets.map(\.limit))
    message.doubles(7, buckets.map(\.count))
  }
}

/// The limits between buckets, and a quick way to a number's bucket.
private struct Limits {
  /// 10⁻¹² · 1.1ᵏ.
  private static let positive: [Double] = {
    var limits: [Double] = []
    var limit = 1e-12
    while limit < 1e20 {
      limits.append(limit)
      limit *= 1.1
    }
    return limits
  }()

  /// All of them, ascending: the last bucket ends at the largest number.
  static let all: [Double] =
    [-Double.greatestFiniteMagnitude] + positive.reversed().map(-) + [0] + positive + [.greatestFiniteMagnitude]

  /// The positive limits, and one behind them that nothing reaches.
  private static let bounded = Storage<Double>(positive + [.infinity])

  /// For each exponent and upper four bits of the fraction of a Float: how many positive limits are below all such numbers.
  /// They lie closer together than two limits do, so at most one is among them.
  private static let below: Storage<Int32> = {
    var below: [Int32] = []
    var limit = 0
    for cell in 0..<UInt32(1 << 12) {
      let least = Double(Float(bitPattern: cell << 19))
      while limit < positive.count, positive[limit] < least { limit += 1 }
      below.append(Int32(limit))
    }
    return Storage(below)
  }()

  private let count = Limits.positive.count
  // Static storage lives as long as the process.
  private let bounded = Limits.bounded.view
  private let below = Limits.below.view

  /// The bucket of a finite number: the first whose limit is above it.
  @inline(__always)
  func bucket(of value: Float) -> Int {
    let magnitude = Double(value.magnitude)
    let limits = Int(below[Int(value.magnitude.bitPattern >> 19)])
    if value < 0 {
      // Its limit is minus the largest that is smaller than its magnitude.
      return 1 + count - (limits + (bounded[limits] < magnitude ? 1 : 0))
    }
    return count + 2 + limits + (bounded[limits] <= magnitude ? 1 : 0)
  }
}
