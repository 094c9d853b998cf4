import Tensors
import Testing

/// Activations stay within their stated errors of the equations in FP64, dropout and byte conversion equal theirs exactly, and
/// nothing beyond the outputs is touched.
struct ElementwiseKernelTests {
  let memory = GuardedMemory()

  static let functions: [ActivationFunction] = [.relu, .leakyRelu(slope: 0.1), .gelu, .silu, .tanh, .sigmoid]

  func forward(_ kernels: Kernels, _ function: ActivationFunction, _ input: [Float]) -> [Float] {
    let output = memory.space(input.count)
    kernels.activation(function, input: memory.hold(input).readOnly, output: output)
    return output.array()
  }

  // MARK: Accuracy

  /// Every sign and size: a sweep in steps of 1/512 up to ±20, one with growing steps up to ±120, and down to the subnormals.
  static let sweep: [Float] = {
    let near = (-10_240...10_240).map { Float($0) / 512 }
    let far = (0...2_000).map { 20 + Float($0) * 0.05 }
    let tiny = (-149 ... -1).map { Float(sign: .plus, exponent: $0, significand: 1) }
    return near + far + far.map(-) + tiny + tiny.map(-) + [0, -0.0]
  }()

  /// Bounds in units of the last place of f(x).
  static let bounds: [(function: ActivationFunction, ulps: Double)] = [
    (.relu, 0), (.leakyRelu(slope: 0.1), 1), (.silu, 4), (.tanh, 3), (.sigmoid, 4),
  ]

  @Test(arguments: bounds)
  func activationIsAccurate(function: ActivationFunction, bound: Double) {
    for kernels in everyKernels {
      var worst = 0.0
      var place: Float = 0
      for (x, y) in zip(Self.sweep, forward(kernels, function, Self.sweep)) {
        // silu multiplies a subnormal sigmoid, whose last place is 2⁻¹⁴⁹, by up to 2⁷.
        let floor = function == .silu ? 0x1p-119 : Float.leastNormalMagnitude
        let error = ulps(y, from: NaiveElementwise.activation(function, Double(x)), floor: floor)
        if !(error <= worst) { (worst, place) = (error, x) }
      }
      #expect(worst <= bound, "\(worst) ulp at \(place), \(kernels.instructionSet)")
    }
    #expect(memory.isIntact)
  }

  /// Φ keeps an absolute error of 1e-7 (and the product rounds once more), and for negative x, where x · Φ(x) goes to 0, a relative one that grows with x² only by
  /// the rounding of x² in the exponent.
  @Test func geluIsAccurate() {
    for kernels in everyKernels {
      // The largest error as a share of what is allowed.
      var worst = 0.0
      var place: Float = 0
      for (x, y) in zip(Self.sweep, forward(kernels, .gelu, Self.sweep)) {
        let exact = NaiveElementwise.activation(.gelu, Double(x))
        let (error, size) = (abs(Double(y) - exact), abs(Double(x)))
        var share = error / (1.5e-7 * size + 0x1p-149)
        if x < 0 { share = max(share, error / ((1e-6 + 1.2e-7 * size * size / 2) * abs(exact) + 0x1p-140)) }
        if !(share <= worst) { (worst, place) = (share, x) }
      }
      #expect(worst <= 1, "at \(place), \(kernels.instructionSet)")
    }
    #expect(memory.isIntact)
  }

  @Test(arguments: functions)
  func derivativeIsAccurate(function: ActivationFunction) {
    let outputGradient = randomFloats(Self.sweep.count, in: 0.5..<2)
    for kernels in everyKernels {
      let values = function.derivativeNeedsOutputOnly ? forward(kernels, function, Self.sweep) : Self.sweep
      let value = memory.hold(values)
      let dy = memory.hold(outputGradient)
      let dx = memory.space(values.count)
      kernels.activationGradient(
        function, value: value.readOnly, outputGradient: dy.readOnly, inputGradient: dx)
      var worst = 0.0
      var place: Float = 0
      for i in values.indices {
        let exact = NaiveElementwise.derivative(function, at: Double(values[i]))
        let error = abs(Double(dx[i]) / Double(outputGradient[i]) - exact)
        if !(error <= worst) { (worst, place) = (error, values[i]) }
      }
      // Terms of size 1 are added and subtracted (1 − y², 1 + x(1 − s), Φ + xφ): a few roundings of 1.
      #expect(worst <= 5e-7, "at \(place), \(kernels.instructionSet)")
    }
    #expect(memory.isIntact)
  }

  /// Where the derivative is taken from the output, it is that of the function: central difference in FP64.
  @Test(arguments: functions)
  func derivativeBelongsToTheFunction(function: ActivationFunction) {
    for x in stride(from: -5.05, through: 5, by: 0.1) {
      let step = 1e-5
      let difference =
        (NaiveElementwise.activation(function, x + step) - NaiveElementwise.activation(function, x - step)) / (2 * step)
      let value = function.derivativeNeedsOutputOnly ? NaiveElementwise.activation(function, x) : x
      #expect(abs(NaiveElementwise.derivative(function, at: value) - difference) < 1e-8)
    }
    #expect(memory.isIntact)
  }

  // MARK: Places and lengths

  /// A register's lanes, a partly filled register and an output in its input's place all give the bits that an element gives alone.
  @Test(arguments: functions)
  func placeAndLengthDoNotMatter(function: ActivationFunction) {
    let values = randomFloats(1000)
    let gradients = randomFloats(1000, lane: 1)
    let (value, gradient, result) = (memory.space(1), memory.space(1), memory.space(1))
    for kernels in everyKernels {
      var outputs: [Float] = []
      var inputGradients: [Float] = []
      for i in values.indices {
        (value[0], gradient[0]) = (values[i], gradients[i])
        kernels.activation(function, input: value.readOnly, output: result)
        outputs.append(result[0])
        kernels.activationGradient(
          function, value: value.readOnly, outputGradient: gradient.readOnly, inputGradient: result)
        inputGradients.append(result[0])
      }
      for count in oddLengths {
        let input = memory.hold(Array(values.prefix(count)))
        let output = memory.space(count)
        kernels.activation(function, input: input.readOnly, output: output)
        expectSameBits(output.array(), Array(outputs.prefix(count)), "\(count), \(kernels.instructionSet)")

        let dy = memory.hold(Array(gradients.prefix(count)))
        let dx = memory.space(count)
        kernels.activationGradient(
          function, value: input.readOnly, outputGradient: dy.readOnly, inputGradient: dx)
        expectSameBits(dx.array(), Array(inputGradients.prefix(count)), "\(count), \(kernels.instructionSet)")

        kernels.activationGradient(
          function, value: input.readOnly, outputGradient: dy.readOnly, inputGradient: dy)
        expectSameBits(dy.array(), dx.array(), "in place, \(count), \(kernels.instructionSet)")
        kernels.activation(function, input: input.readOnly, output: input)
        expectSameBits(input.array(), output.array(), "in place, \(count), \(kernels.instructionSet)")
      }
    }
    #expect(memory.isIntact)
  }

  // MARK: Faults and limits

  @Test(arguments: functions)
  func notANumberStaysOne(function: ActivationFunction) {
    for kernels in everyKernels {
      let outputs = forward(kernels, function, [1, .nan, -.nan, 1])
      #expect(!outputs[0].isNaN && outputs[1].isNaN && outputs[2].isNaN && !outputs[3].isNaN)
      let dx = memory.space(2)
      kernels.activationGradient(
        function, value: memory.hold([0.5, 0.25]).readOnly, outputGradient: memory.hold([.nan, 1]).readOnly,
        inputGradient: dx)
      #expect(dx[0].isNaN && !dx[1].isNaN)
    }
    #expect(memory.isIntact)
  }

  /// relu's gradient is 0 where the output is not positive, whatever comes from above, and where the output is a NaN.
  @Test func reluGradientAtItsEdges() {
    for kernels in everyKernels {
      let dx = memory.space(5)
      kernels.activationGradient(
        .relu, value: memory.hold([0, .leastNonzeroMagnitude, .nan, 0, .infinity]).readOnly,
        outputGradient: memory.hold([7, 7, 7, .nan, 7]).readOnly, inputGradient: dx)
      #expect(dx.array() == [0, 7, 0, 0, 7])
    }
    #expect(memory.isIntact)
  }

  @Test func saturation() {
    let ends: [Float] = [-.infinity, -.greatestFiniteMagnitude, .greatestFiniteMagnitude, .infinity]
    for kernels in everyKernels {
      #expect(forward(kernels, .tanh, ends) == [-1, -1, 1, 1])
      #expect(forward(kernels, .sigmoid, ends) == [0, 0, 1, 1])
      #expect(forward(kernels, .relu, ends) == [0, 0, .greatestFiniteMagnitude, .infinity])
      #expect(forward(kernels, .silu, Array(ends[1...2])) == [-0.0, .greatestFiniteMagnitude])
      #expect(forward(kernels, .gelu, Array(ends[1...2])) == [-0.0, .greatestFiniteMagnitude])
    }
    #expect(memory.isIntact)
  }

  /// Odd functions are odd to the bit.
  @Test func hyperbolicTangentIsOdd() {
    for kernels in everyKernels {
      let right = forward(kernels, .tanh, Self.sweep)
      let left = forward(kernels, .tanh, Self.sweep.map(-))
      expectSameBits(left, right.map(-), "\(kernels.instructionSet)")
    }
    #expect(memory.isIntact)
  }
}
