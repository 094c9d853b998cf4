#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Logarithms for axes.
enum Logarithm {
  /// To the base of ten; of a value above 0.
  static func of(_ value: Double) -> Double { log10(value) }

  /// A power of a value above 0.
  static func power(_ value: Double, _ exponent: Double) -> Double { pow(value, exponent) }

  /// The power of ten with a whole exponent.
  static func powerOfTen(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
}

extension Double {
  /// The largest whole exponent whose power of ten is not above the magnitude; 0 for 0.
  var exponentOfTen: Int {
    guard magnitude > 0, isFinite else { return 0 }
    let exponent = Int(Logarithm.of(magnitude).rounded(.down))
    // The logarithm of a power of ten may fall a little short.
    return Logarithm.powerOfTen(exponent + 1) <= magnitude * (1 + 1e-12) ? exponent + 1 : exponent
  }
}
