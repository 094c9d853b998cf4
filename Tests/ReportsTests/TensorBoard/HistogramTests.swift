import Reports
import Tensors
import Testing

@Suite("Histograms")
struct HistogramTests {
  /// The limits of TensorFlow's `histogram.cc`, made as there.
  private static let limits: [Double] = {
    var positive: [Double] = []
    var limit = 1e-12
    while limit < 1e20 {
      positive.append(limit)
      limit *= 1.1
    }
    positive.append(.greatestFiniteMagnitude)
    return positive.reversed().map { -$0 } + [0] + positive
  }()

  private func histogram(_ values: [Float]) -> Histogram {
    let storage = Storage(values)
    return withExtendedLifetime(storage) { Histogram(storage.view) }
  }

  @Test("every number lies in the first bucket whose limit is above it")
  func buckets() {
    var values: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e20, 2e20,
    ]
    // Numbers at every limit, and their neighbours.
    for limit in Self.limits.map(Float.init) where limit.isFinite {
      values += [limit, limit.nextUp, limit.nextDown].filter(\.isFinite)
    }
    for value in values {
      let expected = Self.limits.first { $0 > Double(value) }
      let found = histogram([value]).buckets.first { $0.count > 0 }
      #expect(found?.limit == expected, "\(value)")
    }
  }

  @Test("counts, extremes and sums of all numbers that are finite")
  func summary() {
    let histogram = histogram([1, -2, 0.5, .nan, 0.5, .infinity, -.infinity])
    #expect(histogram.count == 4)
    #expect(histogram.least == -2 && histogram.largest == 1)
    #expect(histogram.sum == 0 && histogram.sumOfSquares == 5.5)
    #expect(histogram.buckets.map(\.count).filter { $0 > 0 } == [1, 2, 1])
    let limits = histogram.buckets.map(\.limit)
    #expect(limits == limits.sorted() && limits.last == .greatestFiniteMagnitude)
  }

  @Test("a run of empty buckets is one, and nothing is one empty bucket")
  func collapsed() {
    let buckets = histogram([1e-3, 1e3]).buckets
    #expect(buckets.map(\.count) == [0, 1, 0, 1, 0])
    #expect(histogram([]).buckets.map(\.count) == [0])
    #expect(histogram([]).least == 0 && histogram([]).largest == 0)
  }
}
