import Foundation
import Tensors
import Testing
import Workers

/// The floating-point environment of a phase is its own, on every worker, and the caller's stays what it was.
@Suite(.serialized) struct ArithmeticEnvironmentTests {
  /// What arithmetic shows of the environment that it runs in.
  struct Answers: BitwiseCopyable, Equatable, Sendable {
    /// 1 + 2⁻²⁶, which is 1 if rounded to the nearest.
    var sum: Float
    /// 2⁻¹²⁶ / 2, which is subnormal.
    var half: Float
    /// 2⁻¹²⁷ · 2, of a subnormal operand.
    var double: Float

    /// From operands in memory, so that nothing is computed by the compiler.
    @inline(never)
    static func of(_ operands: View<Float>) -> Answers {
      Answers(
        sum: operands[0] + operands[1], half: operands[2] * operands[3], double: operands[4] + operands[4])
    }
  }

  // `FE_TONEAREST` and `FE_UPWARD` of <fenv.h>, which glibc defines twice, so that Swift knows neither.
  static let toNearest: CInt = 0
  #if arch(x86_64)
    static let upward: CInt = 0x800
  #else
    static let upward: CInt = 0x40_0000
  #endif
  static let smallest = Float.leastNormalMagnitude
  static let operands = Storage<Float>([1, 0x1p-26, smallest, 0.5, smallest / 2])
  static let inside = Answers(sum: 1, half: 0, double: 0)

  @Test("Every item rounds to the nearest and flushes subnormals, whatever the caller does", arguments: [1, 2, 7])
  func phases(workers: Int) throws {
    let before = fegetround()
    defer { fesetround(before) }
    let operands = Self.operands.view
    for rounding in [Self.toNearest, Self.upward] {
      // A pool takes its threads from Dispatch when it is made, and the caller may change its mind later.
      let pool = WorkerPool(workerCount: workers)
      #expect(fesetround(rounding) == 0)
      let outside = Answers.of(operands)
      #expect(outside.sum == (rounding == Self.upward ? Float(1).nextUp : 1))
      #expect(outside.half == Self.smallest / 2)
      #expect(outside.double == Self.smallest)
      let answers = Storage<Answers>(count: 100)
      try pool.run(100) { _, item in
        answers.mutableView[item] = Answers.of(operands)
        if item % 10 == 0 { sched_yield() }
      }
      #expect(answers.array() == Array(repeating: Self.inside, count: 100))
      #expect(Answers.of(operands) == outside)
      #expect(fegetround() == rounding)
    }
  }

  @Test("A body that throws leaves the caller's environment alone")
  func failure() {
    struct Fault: Error {}
    let operands = Self.operands.view
    #expect(throws: Fault.self) { try WorkerPool(workerCount: 2).run(10) { _, _ in throw Fault() } }
    #expect(Answers.of(operands).half == Self.smallest / 2)
  }
}
