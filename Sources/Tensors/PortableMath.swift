/// Logarithm and trigonometry from additions, multiplications, divisions and tables alone, so that the version of the C library
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
