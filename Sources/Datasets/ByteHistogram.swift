import Tensors

/// How often each byte value occurs. Counts are exact and know no order, so what is derived from them is reproducible.
struct ByteHistogram {
  /// 256 numbers.
  private(set) var counts = [Int](repeating: 0, count: 256)

  /// Nothing counted yet.
  init() {}

  /// Of all elements.
  init(_ bytes: View<UInt8>) {
    bytes.withBytes { for byte in $0 { counts[Int(byte)] += 1 } }
  }

  mutating func count(_ byte: UInt8) { counts[Int(byte)] += 1 }

  /// Mean of what was counted, of which there must be some.
  var mean: Double {
    let sum = counts.indices.reduce(0) { $0 + $1 * counts[$1] }
    return Double(sum) / Double(counts.reduce(0, +))
  }

  /// Standard deviation (of the population).
  var deviation: Double {
    let mean = mean
    let sum = counts.indices.reduce(0.0) { sum, value in
      let difference = Double(value) - mean
      return sum + Double(counts[value]) * difference * difference
    }
    return (sum / Double(counts.reduce(0, +))).squareRoot()
  }
}
