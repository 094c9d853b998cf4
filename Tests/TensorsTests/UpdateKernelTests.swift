import Tensors
import Testing

/// The reduce phase equals its equations bit for bit on every instruction set, and stays near them in FP64.
struct UpdateKernelTests {
  let memory = GuardedMemory()

  // MARK: Sums

  @Test(arguments: Array(1...17) + [31, 32, 33, 64])
  func treeSumFollowsTheTree(shards: Int) {
    for count in oddLengths {
      let stride = count + 3
      let all = randomFloats((shards - 1) * stride + count)
      let expected = NaiveUpdate.treeSum((0..<shards).map { Array(all[$0 * stride..<$0 * stride + count]) })
      for kernels in everyKernels {
        let gradients = memory.hold(all)
        let total = memory.space(count)
        kernels.treeSum(shards: shards, stride: stride, gradients: gradients.readOnly, total: total)
        expectSameBits(total.array(), expected, "\(count), \(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }

  /// An aligned run of 2ᵏ shards is a subtree: ranks may sum their runs first and the results afterwards.
  @Test func treeSumOfRunsIsTheTreeSum() {
    let count = 100
    let all = randomFloats(16 * count)
    for kernels in everyKernels {
      let whole = memory.space(count)
      kernels.treeSum(shards: 16, stride: count, gradients: memory.hold(all).readOnly, total: whole)
      for run in [2, 4, 8] {
        let parts = memory.space(16 / run * count)
        for part in 0..<16 / run {
          let gradients = memory.hold(Array(all[part * run * count..<(part + 1) * run * count]))
          kernels.treeSum(
            shards: run, stride: count, gradients: gradients.readOnly,
            total: parts[part * count..<(part + 1) * count])
        }
        let total = memory.space(count)
        kernels.treeSum(shards: 16 / run, stride: count, gradients: parts.readOnly, total: total)
        expectSameBits(total.array(), whole.array(), "runs of \(run), \(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }

  /// The slices into which a vector is cut do not change a bit.
  @Test func treeSumOfSlicesIsTheTreeSum() {
    let (count, shards) = (1000, 7)
    let gradients = memory.hold(randomFloats(shards * count))
    for kernels in everyKernels {
      let whole = memory.space(count)
      kernels.treeSum(shards: shards, stride: count, gradients: gradients.readOnly, total: whole)
      for slice in [1, 17, 333] {
        let total = memory.space(count)
        for start in stride(from: 0, to: count, by: slice) {
          kernels.treeSum(
            shards: shards, stride: count, gradients: gradients.readOnly[start..<gradients.count],
            total: total[start..<min(start + slice, count)])
        }
        expectSameBits(total.array(), whole.array())
      }
    }
    #expect(memory.isIntact)
  }

  @Test func largestMagnitudeEqualsThePlainLoop() {
    for count in oddLengths + [4096] {
      let values = randomFloats(count)
      var cases = [values]
      if count > 0 {
        // An extreme at either end and, of a long one, in the middle.
        for index in Set([0, count / 2, count - 1]) {
          for extreme: Float in [-.greatestFiniteMagnitude, .infinity, -.infinity, .nan, -.nan] {
            cases.append(values)
            cases[cases.count - 1][index] = extreme
          }
        }
      }
      for values in cases {
        for kernels in everyKernels {
          let found = kernels.largestMagnitude(memory.hold(values).readOnly)
          #expect(found == NaiveUpdate.largestMagnitude(values), "\(count), \(kernels.instructionSet)")
        }
      }
    }
    #expect(memory.isIntact)
  }

  @Test func sumOfSquaresEqualsThePlainLoop() {
    for count in oddLengths + [4096] {
      let values = randomFloats(count)
      let expected = NaiveUpdate.sumOfSquares(values)
      for kernels in everyKernels {
        let found = kernels.sumOfSquares(memory.hold(values).readOnly)
        #expect(found.bitPattern == expected.bitPattern, "\(count), \(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }

  /// Squares of the largest floats do not overflow, those of the smallest do not vanish, and faults show.
  @Test func sumOfSquaresHasRange() {
    let largest = Float.greatestFiniteMagnitude
    for kernels in everyKernels {
      #expect(kernels.sumOfSquares(memory.hold([largest, largest]).readOnly) == 2 * Double(largest) * Double(largest))
      #expect(kernels.sumOfSquares(memory.hold([Float](repeating: .leastNonzeroMagnitude, count: 64)).readOnly) > 0)
      #expect(kernels.sumOfSquares(memory.hold([1, .nan]).readOnly).isNaN)
      #expect(kernels.sumOfSquares(memory.hold([1, -.infinity]).readOnly) == .infinity)
    }
    #expect(memory.isIntact)
  }

  @Test func scaleEqualsThePlainLoop() {
    for count in oddLengths {
      let values = randomFloats(count)
      for kernels in everyKernels {
        let buffer = memory.hold(values)
        kernels.scale(buffer, by: 0.3)
        expectSameBits(buffer.array(), values.map { $0 * 0.3 })
      }
    }
    #expect(memory.isIntact)
  }

  // MARK: Rules

  /// Parameters, two moments and gradients of one test.
  struct State {
    var gradient: [Float]
    var parameters: [Float]
    var momentum: [Float]
    var velocity: [Float]

    init(_ count: Int) {
      gradient = randomFloats(count, lane: 1)
      parameters = randomFloats(count, lane: 2)
      momentum = randomFloats(count, lane: 3)
      velocity = randomFloats(count, in: 0..<4, lane: 4)  // of squares
    }
  }

  /// Runs `update` on guarded copies and compares with `expected`: parameters, momentum, velocity.
  func check(
    _ state: State, _ expected: State, _ kernels: Kernels,
    _ update: (View<Float>, MutableView<Float>, MutableView<Float>, MutableView<Float>) -> Void
  ) {
    let gradient = memory.hold(state.gradient)
    let parameters = memory.hold(state.parameters)
    let momentum = memory.hold(state.momentum)
    let velocity = memory.hold(state.velocity)
    update(gradient.readOnly, parameters, momentum, velocity)
    expectSameBits(gradient.array(), state.gradient)
    expectSameBits(parameters.array(), expected.parameters, "\(state.gradient.count), \(kernels.instructionSet)")
    expectSameBits(momentum.array(), expected.momentum, "\(state.gradient.count), \(kernels.instructionSet)")
    expectSameBits(velocity.array(), expected.velocity, "\(state.gradient.count), \(kernels.instructionSet)")
  }

  @Test(arguments: [Float(0), 0.9], [false, true])
  func stochasticGradientDescentEqualsItsEquation(momentum: Float, nesterov: Bool) {
    for count in oddLengths {
      let state = State(count)
      var expected = state
      for i in 0..<count {
        var none: Float = 0
        if momentum == 0 {
          NaiveUpdate.sgd(
            rate: 0.1, decay: 0.01, momentum: 0, nesterov: false, gradient: state.gradient[i],
            parameter: &expected.parameters[i], velocity: &none)
        } else {
          NaiveUpdate.sgd(
            rate: 0.1, decay: 0.01, momentum: momentum, nesterov: nesterov, gradient: state.gradient[i],
            parameter: &expected.parameters[i], velocity: &expected.velocity[i])
        }
      }
      for kernels in everyKernels {
        check(state, expected, kernels) { gradient, parameters, _, velocity in
          kernels.sgd(
            rate: 0.1, decay: 0.01, momentum: momentum, nesterov: nesterov, gradient: gradient,
            parameters: parameters, velocity: momentum == 0 ? nil : velocity)
        }
      }
    }
    #expect(memory.isIntact)
  }

  @Test func adamEqualsItsEquation() {
    for count in oddLengths {
      let state = State(count)
      var expected = state
      for i in 0..<count {
        NaiveUpdate.adam(
          rate: 0.001, correctedRate: 0.0004, decay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7,
          gradient: state.gradient[i], parameter: &expected.parameters[i], momentum: &expected.momentum[i],
          velocity: &expected.velocity[i])
      }
      for kernels in everyKernels {
        check(state, expected, kernels) { gradient, parameters, momentum, velocity in
          kernels.adam(
            rate: 0.001, correctedRate: 0.0004, decay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7,
            gradient: gradient, parameters: parameters, momentum: momentum, velocity: velocity)
        }
      }
    }
    #expect(memory.isIntact)
  }

  @Test func rmsPropEqualsItsEquation() {
    for count in oddLengths {
      let state = State(count)
      var expected = state
      for i in 0..<count {
        NaiveUpdate.rmsProp(
          rate: 0.001, decay: 0.01, rho: 0.9, epsilon: 1e-7, gradient: state.gradient[i],
          parameter: &expected.parameters[i], velocity: &expected.velocity[i])
      }
      for kernels in everyKernels {
        check(state, expected, kernels) { gradient, parameters, _, velocity in
          kernels.rmsProp(
            rate: 0.001, decay: 0.01, rho: 0.9, epsilon: 1e-7, gradient: gradient, parameters: parameters,
            velocity: velocity)
        }
      }
    }
    #expect(memory.isIntact)
  }

  /// The equations in FP64 from the same state: a parameter takes at most six roundings of numbers no larger than itself, its decay
  /// and its step, each of relative size 2⁻²⁴; 1 − β loses up to another 2⁻²⁴ / (1 − β).
  @Test func singlePrecisionStaysNearDoublePrecision() {
    let state = State(1000)
    let unit = 0x1p-24
    for i in 0..<1000 {
      let gradient = state.gradient[i]
      var (p, m, v) = (state.parameters[i], state.momentum[i], state.velocity[i])
      var (exactP, exactM, exactV) = (Double(p), Double(m), Double(v))
      let (rate, correctedRate, decay): (Float, Float, Float) = (0.001, 0.0004, 0.01)
      let (beta1, beta2, epsilon): (Float, Float, Float) = (0.9, 0.999, 1e-7)
      NaiveUpdate.adam(
        rate: rate, correctedRate: correctedRate, decay: decay, beta1: beta1, beta2: beta2, epsilon: epsilon,
        gradient: gradient, parameter: &p, momentum: &m, velocity: &v)
      NaiveUpdate.adam(
        rate: Double(rate), correctedRate: Double(correctedRate), decay: Double(decay), beta1: Double(beta1),
        beta2: Double(beta2), epsilon: Double(epsilon), gradient: Double(gradient), parameter: &exactP,
        momentum: &exactM, velocity: &exactV)
      let pull = abs(Double(gradient)) + abs(exactM) + 1
      #expect(abs(Double(m) - exactM) <= 6 * unit * pull)
      #expect(abs(Double(v) - exactV) <= 6 * unit * (exactV + pull * pull * 0.001 * 4))
      let step = abs(Double(correctedRate) * exactM / (exactV.squareRoot() + Double(epsilon)))
      // The step inherits the moments' relative errors; both are a small multiple of the unit here.
      let momentError = 6 * pull / max(abs(exactM), unit) + 6 * (1 + pull * pull * 0.004 / max(exactV, unit))
      #expect(abs(Double(p) - exactP) <= unit * (2 * abs(exactP) + step * (6 + momentError)))
    }
    #expect(memory.isIntact)
  }
}
