/// Logarithm, exponential, powers and trigonometry from additions, multiplications, divisions and tables alone, so that the version of the C library
/// cannot change a bit of what is drawn from a seed. Not for the hot path: kernels have their own, vectorised.
public enum PortableMath {
  /// Natural logarithm of a positive finite number; relative error below 1e-15.
  ///
  /// x = m · 2ᵉ with m in [√½, √2); ln m = 2 artanh(s), s = (m − 1)/(m + 1), by its power series.
  public static func log(_ x: Double) -> Double {
    precondition(x > 0 && x.isFinite, "logarithm of a number that has none")
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095 {
      mantissa /= 2
      exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    // |s| < 0.1716, so the term after s²³ is below 1e-19 of the first.
    for k in stride(from: 23, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
    return 2 * s * sum + exponent * 0.693_147_180_559_945_3
  }

  /// e to the power of x; relative error below 1e-15 where the result is a normal number. Overflows to infinity, underflows to 0.
  ///
  /// x = k · ln 2 + r with |r| <= ½ ln 2; eˣ = 2ᵏ · eʳ, eʳ by its power series.
  public static func exp(_ x: Double) -> Double {
    // Beyond these the result is infinite or below the smallest subnormal; also keeps k small enough to be an Int.
    if x > 709.8 { return .infinity }
    if x < -746 { return 0 }
    if x.isNaN { return x }
    let k = (x * 1.442_695_040_888_963_4).rounded()
    // ln 2 in two parts (Cody and Waite 1980): the first has 32 bits, so its product with k is exact.
    let high = x - k * 0x1.62e4_2feep-1
    let low = k * 0x1.a39e_f357_93c7_6p-33
    let r = high - low
    // |r| < 0.3466, so the term after r¹³ is below 5e-18.
    var sum = 0.0
    for n in stride(from: 13, through: 2, by: -1) { sum = (sum + 1) * r / Double(n) }
    // eʳ = 1 + r + r · sum, where r itself has lost (high − r) − low to rounding.
    let fraction = 1 + (r + (r * sum + ((high - r) - low)))
    return Double(sign: .plus, exponent: Int(k), significand: fraction)
  }

  /// `base` to the power of a whole number by repeated squaring; relative error below exponent · 2⁻⁵³.
  ///
  /// - Precondition: `exponent >= 0`.
  public static func power(_ base: Double, _ exponent: Int) -> Double {
    precondition(exponent >= 0, "power with a negative exponent")
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// cos(2π · turns), absolute error below 1e-15.
  public static func cosTurn(_ turns: Double) -> Double { sinTurn(turns + 0.25) }

  /// sin(2π · turns), absolute error below 1e-15.
  public static func sinTurn(_ turns: Double) -> Double {
    // Reduce to [−½, ½) turns, then fold to [−¼, ¼].
    var t = turns - turns.rounded(.down)
    if t >= 0.5 { t -= 1 }
    if t > 0.25 { t = 0.5 - t }
    if t < -0.25 { t = -0.5 - t }
    let x = t * 6.283_185_307_179_586
    let square = x * x
    var sum = 0.0
    // |x| <= π/2: the term after x²¹ is below 1e-18.
    for k in stride(from: 21, through: 1, by: -2) {
      sum = 1 - sum * square / Double((k + 1) * (k + 2))
    }
    return x * sum
  }
}
