import Tensors
import Testing

/// Random numbers are those of the published generator, depend on their position alone, and have the right distribution.
struct RandomStreamTests {
  /// Known answers of Random123 (`kat_vectors`, philox 4x32 10).
  @Test func philoxKnownAnswers() {
    let all = UInt32.max
    #expect(Philox.block(counter: (0, 0, 0, 0), key: (0, 0)) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: (all, all, all, all), key: (all, all)) == (
        0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd
      ))
    #expect(
      Philox.block(
        counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0)) == (
          0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1
        ))
  }

  /// Word 0 of the counter counts blocks of four; words 1 to 3 hold purpose and lane, index, and sample.
  @Test func streamIsTheBlocksInOrder() {
    var stream = RandomStream(
      seed: 0x0123_4567_89AB_CDEF, purpose: .dropout, lane: 0xABCDEF, index: 0x1_0000_0007, sample: 9)
    for block in UInt32(0)..<3 {
      let words = Philox.block(counter: (block, 0x04AB_CDEF, 7, 9), key: (0x89AB_CDEF, 0x0123_4567))
      for word in [words.0, words.1, words.2, words.3] { #expect(stream.next() == word) }
    }
  }

  /// Every part of the position makes another stream, and a copy goes on alike.
  @Test func positionsAreApart() {
    let streams = [
      RandomStream(seed: 1, purpose: .test), RandomStream(seed: 2, purpose: .test),
      RandomStream(seed: 1 << 32 | 1, purpose: .test), RandomStream(seed: 1, purpose: .shuffle),
      RandomStream(seed: 1, purpose: .test, lane: 1), RandomStream(seed: 1, purpose: .test, index: 1),
      RandomStream(seed: 1, purpose: .test, sample: 1),
    ]
    let firsts = streams.map { stream in
      var (stream, copy) = (stream, stream)
      let words = (0..<6).map { _ in stream.next() }
      #expect(words == (0..<6).map { _ in copy.next() })
      return words
    }
    #expect(Set(firsts).count == streams.count)
  }

  @Test func uniformMoments() {
    var stream = RandomStream(seed: 5, purpose: .test)
    let count = 200_000
    let values = (0..<count).map { _ in stream.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 && $0 * 0x1p24 == ($0 * 0x1p24).rounded() })
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(count)
    let variance = values.reduce(0.0) { $0 + (Double($1) - 0.5) * (Double($1) - 0.5) } / Double(count)
    // Standard errors: sqrt(1/12 / n) and sqrt(1/180 / n); five of each.
    #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / Double(count)).squareRoot())
    #expect(abs(variance - 1.0 / 12) < 5 * (1.0 / 180 / Double(count)).squareRoot())
  }

  @Test func uniformRange() {
    var stream = RandomStream(seed: 5, purpose: .test)
    for _ in 0..<1000 {
      let value = stream.uniform(in: -3 ..< -1)
      #expect(value >= -3 && value < -1)
    }
  }

  @Test func normalMoments() {
    var stream = RandomStream(seed: 6, purpose: .test)
    let count = 100_000
    let values = (0..<count).map { _ in Double(stream.normal()) }
    let moments = (1...4).map { power in
      values.reduce(0.0) { sum, x in sum + (1...power).reduce(1.0) { product, _ in product * x } } / Double(count)
    }
    // The k-th moment's standard error is sqrt((E x^2k - (E x^k)^2) / n): variances 1, 2, 15, 96.
    for (found, (exact, variance)) in zip(moments, [(0.0, 1.0), (1, 2), (0, 15), (3, 96)]) {
      #expect(abs(found - exact) < 5 * (variance / Double(count)).squareRoot())
    }
    // Beyond two standard deviations: 4.55 % of all.
    let beyond = Double(values.count { abs($0) > 2 }) / Double(count)
    #expect(abs(beyond - 0.0455) < 5 * (0.0455 / Double(count)).squareRoot())
  }

  @Test(arguments: [1, 2, 3, 7, 10, 60])
  func integersAreUnbiased(bound: Int) {
    var stream = RandomStream(seed: 7, purpose: .test, lane: bound)
    let count = 60_000
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<count { counts[stream.integer(below: bound)] += 1 }
    // Pearson's chi-squared against the mean of bound - 1 degrees of freedom, five standard deviations up.
    let expected = Double(count) / Double(bound)
    let chiSquared = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    let freedom = Double(bound - 1)
    #expect(chiSquared <= freedom + 5 * (2 * freedom).squareRoot())
  }

  /// For 3 · 2³⁰ a plain remainder or product would make every fourth result twice as likely; rejection must not.
  @Test func largeBoundsReject() {
    let bound = 3 << 30
    var stream = RandomStream(seed: 8, purpose: .test)
    let count = 30_000
    var thirds = [0, 0, 0]
    var remainders = [0, 0, 0]
    for _ in 0..<count {
      let value = stream.integer(below: bound)
      #expect(value >= 0 && value < bound)
      thirds[value >> 30] += 1
      remainders[value % 3] += 1
    }
    for found in thirds + remainders {
      #expect(abs(Double(found) - 10_000) < 5 * (Double(count) * 2 / 9).squareRoot())
    }
    #expect((0..<1000).allSatisfy { _ in (0..<1 << 32).contains(stream.integer(below: 1 << 32)) })
    #expect(stream.integer(below: 1) == 0)
  }
}
