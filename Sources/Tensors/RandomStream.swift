/// What random numbers are for: keeps the streams of one seed apart. The numbers are part of the exactness promise: never reuse one.
public enum RandomPurpose: UInt8, Sendable {
  /// Initial weights; lane = parameter, index = 0, sample = 0.
  case initialisation = 1
  /// Order of the training samples; index = epoch.
  case shuffle = 2
  /// Held-out split; index = 0.
  case split = 3
  /// Dropout; lane = layer, index = step, sample = place in the minibatch.
  case dropout = 4
  /// Data augmentation; index = epoch, sample = sample.
  case augmentation = 5
  /// Drawn data sets; lane = set, sample = sample.
  case drawing = 6
  /// Tests.
  case test = 255
}

/// A stream of random numbers that needs no state: a function of seed, purpose and position.
///
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011). The key is the seed; the
/// counter's four words are: block number, purpose and lane, index, sample. Because nothing is carried from one draw to the next,
/// threads, shards and resumes cannot change what is drawn.
public struct RandomStream: Sendable {
  package let key: (UInt32, UInt32)
  /// Counter words 1 to 3; word 0 counts blocks of four numbers.
  package let counter: (UInt32, UInt32, UInt32)
  private var block: UInt32 = 0
  private var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var used = 4

  /// - Parameters:
  ///   - lane: what in the network (parameter or layer), below 2²⁴.
  ///   - index: epoch or step; taken modulo 2³².
  ///   - sample: which sample; taken modulo 2³².
  public init(seed: UInt64, purpose: RandomPurpose, lane: Int = 0, index: Int = 0, sample: Int = 0) {
    precondition(lane >= 0 && lane < 1 << 24, "random lane out of range")
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = (
      UInt32(purpose.rawValue) << 24 | UInt32(lane), UInt32(truncatingIfNeeded: index),
      UInt32(truncatingIfNeeded: sample)
    )
  }

  /// The next 32 random bits.
  public mutating func next() -> UInt32 {
    if used == 4 {
      words = Philox.block(counter: (block, counter.0, counter.1, counter.2), key: key)
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    switch used {
    case 0: return words.0
    case 1: return words.1
    case 2: return words.2
    default: return words.3
    }
  }

  /// A number in [0, 1) with 24 random bits: every value is a multiple of 2⁻²⁴.
  public mutating func uniform() -> Float { Float(next() >> 8) * 0x1p-24 }

  /// A number in `range`, which may not be empty.
  public mutating func uniform(in range: Range<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// An integer in `0..<bound`, unbiased (Lemire, "Fast random integer generation in an interval", 2019).
  ///
  /// - Precondition: `1 <= bound <= 2³²`.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound >= 1 && bound <= 1 << 32, "random bound out of range")
    let range = UInt64(bound)
    var product = UInt64(next()) * range
    if UInt64(UInt32(truncatingIfNeeded: product)) < range {
      let threshold = ((1 << 32) - range) % range
      while UInt64(UInt32(truncatingIfNeeded: product)) < threshold {
        product = UInt64(next()) * range
      }
    }
    return Int(product >> 32)
  }

  /// A draw from the standard normal distribution (Box and Muller 1958), from two words, with our own logarithm and cosine, so that
  /// the C library's version cannot change a bit.
  public mutating func normal() -> Float {
    let radius = (-2 * PortableMath.log((Double(next()) + 1) * 0x1p-32)).squareRoot()
    return Float(radius * PortableMath.cosTurn(Double(next()) * 0x1p-32))
  }
}

/// The block function of Philox4x32-10.
package enum Philox {
  package static func block(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (x0, x1, x2, x3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let first = UInt64(x0) * 0xD251_1F53
      let second = UInt64(x2) * 0xCD9E_8D57
      (x0, x1, x2, x3) = (
        UInt32(second >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: second),
        UInt32(first >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: first)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (x0, x1, x2, x3)
  }
}
