import Foundation
import Tensors
import Testing

/// `PortableMath.exp` and `power`; the C library's `exp` (correct to less than an ulp) is the oracle.
@Suite struct PortableExponentialTests {
  @Test("exp is right to a relative 1e-15 all over its range")
  func exponential() {
    var x = -708.0
    while x < 709.5 {
      let expected = Foundation.exp(x)
      #expect(abs(PortableMath.exp(x) - expected) <= 1e-15 * expected, "exp(\(x))")
      x += 0.037_123
    }
  }

  @Test("exp of numbers near 0 is right", arguments: [0, 1e-300, -1e-300, 1e-17, 1e-16, -1e-9, 1e-5, 0.34, -0.35])
  func nearZero(x: Double) {
    #expect(abs(PortableMath.exp(x) - Foundation.exp(x)) <= Foundation.exp(x).ulp)
  }

  @Test("exp overflows to infinity, underflows to 0 and passes NaN on")
  func special() {
    #expect(PortableMath.exp(0) == 1)
    #expect(PortableMath.exp(709.78).isFinite)
    #expect(PortableMath.exp(709.79) == .infinity)
    #expect(PortableMath.exp(1e300) == .infinity)
    #expect(PortableMath.exp(.infinity) == .infinity)
    #expect(abs(PortableMath.exp(-740) - Foundation.exp(-740)) <= .leastNonzeroMagnitude)
    #expect(PortableMath.exp(-745) == .leastNonzeroMagnitude)
    #expect(PortableMath.exp(-1e300) == 0)
    #expect(PortableMath.exp(-.infinity) == 0)
    #expect(PortableMath.exp(.nan).isNaN)
  }

  @Test("Whole powers are exact where the numbers are, and else right to an ulp per multiplication")
  func powers() {
    #expect((0...10).map { PortableMath.power(3, $0) } == [1, 3, 9, 27, 81, 243, 729, 2_187, 6_561, 19_683, 59_049])
    #expect(PortableMath.power(0.5, 1_000) == 0x1p-1000)
    #expect(PortableMath.power(0, 0) == 1)
    #expect(PortableMath.power(0, 5) == 0)
    #expect(PortableMath.power(0.999, .max) == 0)
    #expect(PortableMath.power(1, .max) == 1)
    for exponent in 1...2_000 {
      let expected = pow(0.999, Double(exponent))
      #expect(abs(PortableMath.power(0.999, exponent) - expected) <= Double(exponent) * 0x1p-53 * expected)
    }
  }
}
