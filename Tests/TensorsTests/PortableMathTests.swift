import Glibc
import Tensors
import Testing

/// The functions from which seeds are turned into numbers agree with the C library to the last places.
struct PortableMathTests {
  /// Six numbers of every power of two, subnormals included.
  static let positives: [Double] = (-1074...1023).flatMap { exponent in
    [1.0, 1.1, 1.4142135623730949, 1.4142135623730951, 1.5, 1.9999999999999998].map {
      Double(sign: .plus, exponent: exponent, significand: $0)
    }
  }.filter { $0 > 0 && $0.isFinite }

  @Test func logarithm() {
    for x in Self.positives {
      let exact = log(x)
      #expect(abs(PortableMath.log(x) - exact) <= 1e-15 * abs(exact), "ln \(x)")
    }
    // Near 1, where the logarithm goes through 0.
    for k in -1000...1000 {
      let x = 1 + Double(k) * 1e-6
      #expect(abs(PortableMath.log(x) - log(x)) <= 1e-15 * abs(log(x)), "ln \(x)")
    }
    #expect(PortableMath.log(1) == 0)
  }

  @Test func turns() {
    for k in -4096...4096 {
      let turns = Double(k) / 1024
      #expect(abs(PortableMath.sinTurn(turns) - sin(2 * .pi * turns.remainder(dividingBy: 1))) < 1e-15)
      #expect(abs(PortableMath.cosTurn(turns) - cos(2 * .pi * turns.remainder(dividingBy: 1))) < 1e-15)
    }
    #expect(PortableMath.sinTurn(0) == 0)
  }
}
