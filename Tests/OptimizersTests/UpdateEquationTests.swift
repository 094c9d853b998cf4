import Optimizers
import Tensors
import Testing

/// Each step of each optimizer, derived again in double precision from the state before it.
@Suite struct UpdateEquationTests {
  /// min ½ |A x − b|² / rows, with a random A and a b that no x reaches.
  struct LeastSquares {
    static let rows = 40
    static let columns = 19
    var a: [Double] = []
    var b: [Double] = []

    init() {
      var random = RandomStream(seed: 5, purpose: .test)
      for row in 0..<LeastSquares.rows {
        for _ in 0..<LeastSquares.columns { a.append(Double(random.normal())) }
        b.append(Double(random.normal()) + Double(row % 3))
      }
    }

    func residual(_ x: [Float]) -> [Double] {
      (0..<LeastSquares.rows).map { row in
        (0..<LeastSquares.columns).reduce(-b[row]) { $0 + a[row * LeastSquares.columns + $1] * Double(x[$1]) }
      }
    }

    func loss(_ x: [Float]) -> Double { residual(x).reduce(0) { $0 + $1 * $1 } / Double(2 * LeastSquares.rows) }

    func gradient(_ x: [Float]) -> [Float] {
      let residual = residual(x)
      return (0..<LeastSquares.columns).map { column in
        Float(
          (0..<LeastSquares.rows).reduce(0) { $0 + a[$1 * LeastSquares.columns + column] * residual[$1] }
            / Double(LeastSquares.rows))
      }
    }
  }

  /// Half an ulp of 1: what one rounding to FP32 may change, relative.
  private static let rounding = 0x1p-24
  /// No update has more roundings in a row than this (constants, products, sums, root, quotient).
  private static let roundings = 8.0

  @Test(
    "Every step is the equation's, up to FP32 rounding", arguments: NamedRule.all, Kernels.all.map(\.instructionSet))
  func steps(_ named: NamedRule, set: InstructionSet) throws {
    let kernels = try #require(Kernels(set))
    let problem = LeastSquares()
    let state = FlatState(named.rule, parameters: (0..<LeastSquares.columns).map { Float($0 % 5) - 2 })
    let start = problem.loss(state.parameters.view.array())
    for step in 1...400 {
      let gradient = problem.gradient(state.parameters.view.array())
      // A rate that changes, as a schedule's does.
      let rate = named.rule.learningRate * (1 - Double(step % 7) / 10)
      var expected = (0..<gradient.count).map { index in
        ReferenceElement(
          parameter: Double(state.parameters.view[index]), slots: state.slots.map { Double($0.view[index]) })
      }
      for index in gradient.indices {
        ReferenceRules.update(named.rule, step: step, rate: rate, gradient: Double(gradient[index]), &expected[index])
      }
      state.update(step: step, rate: rate, gradient: Storage(gradient), kernels: kernels)
      for (index, element) in expected.enumerated() {
        let unit = UpdateEquationTests.rounding * UpdateEquationTests.roundings
        let error = abs(Double(state.parameters.view[index]) - element.parameter)
        try #require(error <= unit * element.parameterScale, "parameter \(index) at step \(step): off by \(error)")
        for (slot, storage) in state.slots.enumerated() {
          let error = abs(Double(storage.view[index]) - element.slots[slot])
          try #require(
            error <= unit * element.slotScales[slot], "slot \(slot) of \(index) at step \(step): off by \(error)")
        }
      }
    }
    // 400 steps of the slowest rule cover 0.28 in every direction; all go downhill.
    #expect(problem.loss(state.parameters.view.array()) < 0.95 * start)
  }

  @Test(
    "Adam's first step has the length of the rate, whatever the gradient",
    arguments: Kernels.all.map(\.instructionSet))
  func adamFirstStep(set: InstructionSet) throws {
    let gradients: [Float] = [1e6, -1, 0.01, -0.001]
    let state = FlatState(Adam(epsilon: 1e-30), parameters: [0, 0, 0, 0])
    state.update(step: 1, gradient: Storage(gradients), kernels: try #require(Kernels(set)))
    for (index, gradient) in gradients.enumerated() {
      let expected: Float = gradient > 0 ? -0.001 : 0.001
      #expect(abs(state.parameters.view[index] - expected) <= 4 * expected.ulp)
    }
  }

  @Test("An element whose gradient is always 0 stays as it is without decay", arguments: NamedRule.all)
  func zeroGradient(_ named: NamedRule) throws {
    let kernels = try #require(Kernels(.portable))
    let state = FlatState(named.rule, parameters: [0, 0])
    for step in 1...20 { state.update(step: step, gradient: Storage([0, 0]), kernels: kernels) }
    #expect(state.bits.allSatisfy { $0 == [0, 0] })
  }
}
