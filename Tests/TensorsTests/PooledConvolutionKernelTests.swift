import Tensors
import Testing

/// Convolution, ReLU and max-pooling in one against the three naive twins in a row.
///
/// All numbers are small integers: every sum is exact in any order, so everything has to be equal, winners of equal
/// values included.
@Suite struct PooledConvolutionKernelTests {
  @Test("Every width of channels and filters", arguments: KernelTesting.instructionSets)
  func widths(_ instructionSet: InstructionSet) throws {
    for channels in [1, 3, 6, 15, 16, 17, 32, 33, 48, 65] {
      for filters in [1, 5, 8, 16, 17, 31, 40, 64, 65, 130] {
        try check(instructionSet, (5, 6, channels), filters: filters, kernel: (3, 3))
      }
    }
  }

  @Test("Every kernel and padding, images with a row or column over", arguments: KernelTesting.instructionSets)
  func geometries(_ instructionSet: InstructionSet) throws {
    for kernel in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (7, 7), (1, 3), (5, 2), (3, 4)] {
      for padding in Window2D.Padding.allCases {
        for size in [(8, 8), (9, 8), (8, 11)] {
          for channels in [1, 5, 16, 33] {
            try check(
              instructionSet, (size.0, size.1, channels), filters: 18, kernel: kernel, padding, samples: 2)
          }
        }
      }
    }
  }

  @Test("Images of one window, and too wide for one strip", arguments: KernelTesting.instructionSets)
  func extremes(_ instructionSet: InstructionSet) throws {
    try check(instructionSet, (2, 2, 3), filters: 4, kernel: (1, 1))
    try check(instructionSet, (2, 3, 20), filters: 70, kernel: (3, 3), .same)
    try check(instructionSet, (3, 3, 4), filters: 5, kernel: (5, 5), .same)
    try check(instructionSet, (21, 40, 20), filters: 6, kernel: (3, 3), .same)
    try check(instructionSet, (12, 200, 32), filters: 3, kernel: (3, 3))
  }

  @Test("Every number of samples, none too", arguments: KernelTesting.instructionSets)
  func samples(_ instructionSet: InstructionSet) throws {
    for samples in [0, 1, 5] {
      try check(instructionSet, (7, 6, 17), filters: 33, kernel: (3, 3), samples: samples)
      try check(instructionSet, (7, 6, 1), filters: 33, kernel: (3, 3), .same, samples: samples)
    }
  }

  @Test("A sample's bits do not depend on its company", arguments: KernelTesting.instructionSets)
  func independence(_ instructionSet: InstructionSet) throws {
    let kernels = try #require(Kernels(instructionSet))
    for padding in Window2D.Padding.allCases {
      let item = try PooledCase((9, 8, 17), filters: 33, kernel: (3, 3), padding, samples: 3, integers: false)
      let together = item.run(kernels, memory: GuardedMemory())
      for sample in 0..<3 {
        let alone = item.sample(sample).run(kernels, memory: GuardedMemory())
        let (outputs, inputs) = (item.window.pooledCount, item.window.inputCount)
        #expect(alone.output.bits == Array(together.output[sample * outputs..<(sample + 1) * outputs]).bits)
        #expect(alone.inputGradient.bits == Array(together.inputGradient[sample * inputs..<(sample + 1) * inputs]).bits)
      }
    }
  }

  @Test("A NaN wins its window and has no gradient", arguments: KernelTesting.instructionSets)
  func notANumber(_ instructionSet: InstructionSet) throws {
    let kernels = try #require(Kernels(instructionSet))
    var item = try PooledCase((4, 4, 1), filters: 20, kernel: (1, 1), .valid, samples: 1)
    item.input[5] = .nan
    let result = item.run(kernels, memory: GuardedMemory())
    let nans = result.output.indices.filter { result.output[$0].isNaN }
    #expect(nans == Array(0..<20))
    #expect(result.inputGradient[5] == 0 && result.inputGradient.allSatisfy { !$0.isNaN })
  }

  @Test("NaNs, infinities and overflows give what the twins give", arguments: KernelTesting.instructionSets)
  func extremeNumbers(_ instructionSet: InstructionSet) throws {
    let kernels = try #require(Kernels(instructionSet))
    let extremes: [Float] = [.nan, -.nan, .infinity, -.infinity, 0x1p126, -0x1p126]
    for (channels, kernel) in [(1, (3, 3)), (1, (2, 4)), (5, (3, 3))] {
      for filters in [5, 16, 20, 33, 66] {
        for (index, extreme) in extremes.enumerated() {
          var item = try PooledCase((8, 9, channels), filters: filters, kernel: kernel, .same, samples: 2)
          // The other sample stays as it is.
          item.input[item.window.inputCount + 7 * (index + 1)] = extreme
          item.checkExtremes(kernels)
          if extreme.isFinite { continue }  // large numbers may cancel, and then the order of a sum shows
          item.bias[filters - 1] = extreme
          item.checkExtremes(kernels)
        }
      }
    }
  }

  @Test("Zeros, equals and negative windows win in the twins' order", arguments: KernelTesting.instructionSets)
  func equals(_ instructionSet: InstructionSet) throws {
    let kernels = try #require(Kernels(instructionSet))
    for (channels, kernel) in [(1, (3, 3)), (1, (1, 1)), (3, (2, 2))] {
      for filters in [8, 17, 32, 40] {
        var item = try PooledCase((8, 8, channels), filters: filters, kernel: kernel, .same, samples: 3)
        // Few different values: most windows have more than one winner.
        item.input = item.input.map { $0 > 0 ? 1 : -0.0 }
        item.checkExtremes(kernels)
      }
    }
  }

  private func check(
    _ instructionSet: InstructionSet, _ input: (Int, Int, Int), filters: Int, kernel: (Int, Int),
    _ padding: Window2D.Padding = .valid, samples: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let memory = GuardedMemory()
    let item = try PooledCase(input, filters: filters, kernel: kernel, padding, samples: samples)
    let kernels = try #require(Kernels(instructionSet))
    let (result, expected) = (item.run(kernels, memory: memory), item.expected())
    let what = "\(input) by \(kernel), \(filters) filters, \(padding), \(samples) samples"
    for (name, path) in PooledResult.parts {
      // Compared first: a message with thousands of numbers would help nobody.
      let isEqual = result[keyPath: path] == expected[keyPath: path]
      #expect(isEqual, "\(name) of \(what)", sourceLocation: sourceLocation)
    }
    #expect(memory.isIntact, "memory before a result of \(what)", sourceLocation: sourceLocation)
  }
}

/// What the passes write.
private struct PooledResult {
  var output: [Float]
  var kernelGradient: [Float]
  var biasGradient: [Float]
  var inputGradient: [Float]

  static var parts: [(String, KeyPath<PooledResult, [Float]>)] {
    [
      ("output", \.output), ("kernel gradient", \.kernelGradient), ("bias gradient", \.biasGradient),
      ("input gradient", \.inputGradient),
    ]
  }
}

/// One geometry with numbers to compute on.
private struct PooledCase {
  let window: Window2D
  var samples: Int
  var input: [Float]
  let kernel: [Float]
  var bias: [Float]
  var outputGradient: [Float]

  init(
    _ input: (Int, Int, Int), filters: Int, kernel: (Int, Int), _ padding: Window2D.Padding, samples: Int,
    integers: Bool = true
  ) throws {
    window = try #require(
      Window2D(
        input: .init(height: input.0, width: input.1), channels: input.2,
        kernel: .init(height: kernel.0, width: kernel.1), stride: .init(height: 1, width: 1), padding: padding,
        filters: filters))
    let numbers = { (count: Int, lane: Int) in
      KernelTesting.numbers(count, lane: lane).map { integers ? ($0 * 3.5).rounded(.towardZero) : $0 }
    }
    self.samples = samples
    self.input = numbers(samples * window.inputCount, 1)
    self.kernel = numbers(window.kernelCount, 2)
    bias = numbers(filters, 3)
    outputGradient = numbers(samples * window.pooledCount, 4)
  }

  func sample(_ index: Int) -> PooledCase {
    var one = self
    one.samples = 1
    one.input = Array(input[index * window.inputCount..<(index + 1) * window.inputCount])
    one.outputGradient = Array(outputGradient[index * window.pooledCount..<(index + 1) * window.pooledCount])
    return one
  }

  func run(_ kernels: Kernels, memory: GuardedMemory) -> PooledResult {
    let (input, kernel, bias) = (memory.hold(input).readOnly, memory.hold(kernel).readOnly, memory.hold(bias).readOnly)
    let gradient = memory.hold(outputGradient).readOnly
    let scratch = memory.space(kernels.pooledConvolutionScratch(window))
    let prepared = memory.space(kernels.pooledConvolutionPrepared(window))
    let (output, inputGradient) = (
      memory.space(samples * window.pooledCount), memory.space(samples * window.inputCount)
    )
    let (kernelGradient, biasGradient) = (memory.space(window.kernelCount), memory.space(window.filters))
    let winners = memory.space(samples * window.winnerBytes, of: UInt8.self)
    kernels.pooledConvolution(
      window, samples: samples, input: input, kernel: kernel, bias: bias, output: output, winners: winners,
      scratch: scratch)
    kernels.pooledConvolutionWeightGradient(
      window, samples: samples, input: input, outputGradient: gradient, winners: winners.readOnly,
      kernelGradient: kernelGradient, biasGradient: biasGradient, scratch: scratch)
    kernels.preparePooledConvolution(window, kernel: kernel, prepared: prepared)
    kernels.pooledConvolutionInputGradient(
      window, samples: samples, outputGradient: gradient, winners: winners.readOnly, prepared: prepared.readOnly,
      inputGradient: inputGradient, scratch: scratch)
    return PooledResult(
      output: output.array(), kernelGradient: kernelGradient.array(), biasGradient: biasGradient.array(),
      inputGradient: inputGradient.array())
  }

  /// The output and its winners, or without them.
  private func forward(_ kernels: Kernels, winners: Bool) -> (output: [Float], winners: [UInt8]) {
    let memory = GuardedMemory()
    let output = memory.space(samples * window.pooledCount)
    let words = winners ? memory.space(samples * window.winnerBytes, of: UInt8.self) : nil
    kernels.pooledConvolution(
      window, samples: samples, input: memory.hold(input).readOnly, kernel: memory.hold(kernel).readOnly,
      bias: memory.hold(bias).readOnly, output: output, winners: words,
      scratch: memory.space(kernels.pooledConvolutionScratch(window)))
    #expect(memory.isIntact)
    return (output.array(), words?.array() ?? [])
  }

  /// Compares the output and the positive winners with those of the twins: NaNs have to be at the same places, all other bits equal.
  func checkExtremes(_ kernels: Kernels, sourceLocation: SourceLocation = #_sourceLocation) {
    let image = NaiveConvolution.forward(window, samples: samples, input: input, kernel: kernel, bias: bias)
    let pooled = NaivePooling.maxPool(pool, samples: samples, input: image)
    let computed = forward(kernels, winners: true)
    func isEqual(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || a.isNaN && b.isNaN }
    let outputs = zip(computed.output, pooled.output).allSatisfy { isEqual($0, $1 <= 0 ? 0 : $1) }
    #expect(outputs, "output of \(window)", sourceLocation: sourceLocation)
    let evaluated = forward(kernels, winners: false).output
    #expect(evaluated.bits == computed.output.bits, "without winners, of \(window)", sourceLocation: sourceLocation)
    let winners = pooled.output.indices.allSatisfy { index in
      let positive = pooled.output[index] > 0
      let (place, isPositive) = window.winner(index, of: computed.winners)
      return isPositive == positive && (!positive || place == pooled.winner[index])
    }
    #expect(winners, "winners of \(window)", sourceLocation: sourceLocation)
  }

  private var pool: Window2D {
    guard
      let pool = Window2D(
        input: window.output, channels: window.filters, kernel: .init(height: 2, width: 2),
        stride: .init(height: 2, width: 2), padding: .valid, filters: window.filters)
    else { preconditionFailure("the image has a window") }
    return pool
  }

  /// The naive convolution, ReLU and pooling, one after the other.
  func expected() -> PooledResult {
    let image = NaiveConvolution.forward(window, samples: samples, input: input, kernel: kernel, bias: bias)
    let rectified = image.map { max($0, 0) }
    let pooled = NaivePooling.maxPool(pool, samples: samples, input: rectified)
    var gradient = NaivePooling.maxPoolGradient(
      pool, samples: samples, outputGradient: outputGradient, winner: pooled.winner)
    for index in gradient.indices where rectified[index] <= 0 { gradient[index] = 0 }
    let weights = NaiveConvolution.weightGradient(window, samples: samples, input: input, outputGradient: gradient)
    return PooledResult(
      output: pooled.output, kernelGradient: weights.kernel, biasGradient: weights.bias,
      inputGradient: NaiveConvolution.inputGradient(
        window, samples: samples, outputGradient: gradient, kernel: kernel))
  }
}

extension Window2D {
  /// The winner's place in the window of one pooled element, and whether it is positive: a bit in each of three 16-bit words.
  fileprivate func winner(_ element: Int, of words: [UInt8]) -> (place: UInt8, isPositive: Bool) {
    let (pixel, filter) = element.quotientAndRemainder(dividingBy: filters)
    let group = 6 * (pixel * ((filters + 15) / 16) + filter / 16)
    func bit(_ word: Int) -> UInt8 { words[group + 2 * word + filter % 16 / 8] >> UInt8(filter % 8) & 1 }
    return (2 * bit(1) + bit(0), bit(2) == 1)
  }
}
