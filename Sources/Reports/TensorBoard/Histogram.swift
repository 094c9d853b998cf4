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
  private var counts = [Int](repeating: 0, count: Limits.all.count)

  /// Counts the elements of a view.
  package init(_ values: View<Float>) {
    var (least, largest) = (Float.infinity, -Float.infinity)
    let limits = Limits()
    for index in 0..<values.count {
      let value = values[index]
      guard value.isFinite else { continue }
      least = min(least, value)
      largest = max(largest, value)
      count += 1
      sum += Double(value)
      sumOfSquares += Double(value) * Double(value)
      counts[limits.bucket(of: value)] += 1
    }
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

  /// For each exponent and upper four bits of the fraction of a Float: how many positive limits are below all such numbers.
  /// The next limit is further away than such numbers lie apart, so at most one is among them.
  private static let below: [Int] = {
    var below: [Int] = []
    var limit = 0
    for cell in 0..<UInt32(1 << 12) {
      let least = Double(Float(bitPattern: cell << 19))
      while limit < positive.count, positive[limit] < least { limit += 1 }
      below.append(limit)
    }
    return below
  }()

  private let positive = Limits.positive
  private let below = Limits.below

  /// The bucket of a finite number: the first whose limit is above it.
  func bucket(of value: Float) -> Int {
    let magnitude = Double(value.magnitude)
    var limits = below[Int(value.magnitude.bitPattern >> 19)]
    if value < 0 {
      // Its limit is minus the largest that is smaller than its magnitude.
      while limits < positive.count, positive[limits] < magnitude { limits += 1 }
      return 1 + positive.count - limits
    }
    while limits < positive.count, positive[limits] <= magnitude { limits += 1 }
    return positive.count + 2 + limits
  }
}
