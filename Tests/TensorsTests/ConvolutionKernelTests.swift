import Tensors
import Testing

/// The convolution kernels against their naive twin.
@Suite struct ConvolutionKernelTests {
  /// Channels and filters around every width of a vector and of a tile.
  private static let widths = [1, 3, 6, 16, 17, 32, 64, 65, 100]

  @Test("Every width of channels and filters", arguments: KernelTesting.instructionSets)
  func widths(_ instructionSet: InstructionSet) throws {
    for channels in Self.widths {
      for filters in Self.widths {
        try check(instructionSet, ConvolutionCase((3, 4, channels), filters: filters, kernel: (2, 2)))
      }
    }
  }

  @Test("Every kernel, stride and padding on an odd image", arguments: KernelTesting.instructionSets)
  func geometries(_ instructionSet: InstructionSet) throws {
    for kernel in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (1, 3), (5, 2)] {
      for stride in [(1, 1), (2, 2), (3, 3), (1, 2), (3, 1)] {
        for padding in Window2D.Padding.allCases {
          try check(
            instructionSet,
            ConvolutionCase((7, 9, 3), filters: 5, kernel: kernel, stride: stride, padding, samples: 2))
        }
      }
    }
  }

  @Test("Windows as large as the image and larger, rows of every length", arguments: KernelTesting.instructionSets)
  func extremes(_ instructionSet: InstructionSet) throws {
    try check(instructionSet, ConvolutionCase((5, 5, 2), filters: 3, kernel: (5, 5)))
    try check(instructionSet, ConvolutionCase((1, 1, 1), filters: 1, kernel: (1, 1)))
    try check(instructionSet, ConvolutionCase((2, 2, 3), filters: 4, kernel: (5, 5), .same))
    try check(instructionSet, ConvolutionCase((3, 2, 3), filters: 4, kernel: (5, 4), stride: (3, 3), .same))
    try check(instructionSet, ConvolutionCase((9, 9, 2), filters: 3, kernel: (1, 1), stride: (3, 2)))
    for width in 1...35 {
      try check(instructionSet, ConvolutionCase((2, width, 1), filters: 17, kernel: (2, 1)))
      try check(instructionSet, ConvolutionCase((1, width, 2), filters: 3, kernel: (1, 3), .same))
    }
  }

  @Test("One channel: every number of filters and odd borders", arguments: KernelTesting.instructionSets)
  func oneChannel(_ instructionSet: InstructionSet) throws {
    for filters in 1...17 {
      try check(instructionSet, ConvolutionCase((9, 19, 1), filters: filters, kernel: (3, 3), samples: 2))
      try check(instructionSet, ConvolutionCase((9, 16, 1), filters: filters, kernel: (2, 5), .same))
    }
    for width in 6...40 {
      try check(instructionSet, ConvolutionCase((11, width, 1), filters: 6, kernel: (4, 5)))
      try check(instructionSet, ConvolutionCase((11, width, 1), filters: 1, kernel: (3, 2), .same, samples: 2))
      try check(instructionSet, ConvolutionCase((11, width, 1), filters: 8, kernel: (1, 1)))
    }
    for filters in [1, 2, 3, 6, 16, 32, 64] {
      try check(instructionSet, ConvolutionCase((28, 28, 1), filters: filters, kernel: (5, 5), .same, samples: 3))
      try check(instructionSet, ConvolutionCase((28, 28, 1), filters: filters, kernel: (3, 3), samples: 2))
    }
  }

  @Test("Every number of samples, none too", arguments: KernelTesting.instructionSets)
  func samples(_ instructionSet: InstructionSet) throws {
    for samples in [0, 1, 2, 5] {
      try check(instructionSet, ConvolutionCase((6, 5, 6), filters: 17, kernel: (3, 3), samples: samples))
      try check(instructionSet, ConvolutionCase((6, 5, 6), filters: 17, kernel: (3, 3), .same, samples: samples))
    }
  }

  @Test("Sums that are left in memory and taken up again", arguments: KernelTesting.instructionSets)
  func interruptedSums(_ instructionSet: InstructionSet) throws {
    // More weights in one row of the kernel than a pass of `forward` takes, and more pixels than a pass of the weight gradient.
    try check(instructionSet, ConvolutionCase((2, 2, 9000), filters: 9, kernel: (2, 2)))
    try check(instructionSet, ConvolutionCase((40, 41, 40), filters: 2, kernel: (1, 1), samples: 5))
    try check(instructionSet, ConvolutionCase((40, 41, 40), filters: 2, kernel: (2, 1), .same, samples: 3))
  }

  @Test("A sample's bits do not depend on its company", arguments: KernelTesting.instructionSets)
  func independence(_ instructionSet: InstructionSet) throws {
    let runner = try ConvolutionRunner(instructionSet)
    let cases = try Window2D.Padding.allCases.flatMap { padding in
      [
        try ConvolutionCase((7, 6, 17), filters: 33, kernel: (3, 2), stride: (1, 2), padding, samples: 5),
        try ConvolutionCase((8, 17, 1), filters: 6, kernel: (5, 5), padding, samples: 5),
      ]
    }
    for all in cases {
      let together = runner.forward(all)
      let gradientTogether = runner.inputGradient(all)
      for sample in 0..<5 {
        let alone = all.sample(sample)
        let outputs = sample * all.window.outputCount..<(sample + 1) * all.window.outputCount
        let inputs = sample * all.window.inputCount..<(sample + 1) * all.window.inputCount
        #expect(runner.forward(alone).bits == Array(together[outputs]).bits)
        #expect(runner.inputGradient(alone).bits == Array(gradientTogether[inputs]).bits)
      }
    }
  }

  @Test("Two calls give the same bits", arguments: KernelTesting.instructionSets)
  func repeatability(_ instructionSet: InstructionSet) throws {
    let runner = try ConvolutionRunner(instructionSet)
    let item = try ConvolutionCase((9, 8, 6), filters: 65, kernel: (3, 3), .same, samples: 2)
    #expect(runner.forward(item).bits == runner.forward(item).bits)
    #expect(runner.inputGradient(item).bits == runner.inputGradient(item).bits)
    let (first, second) = (runner.weightGradient(item), runner.weightGradient(item))
    #expect(first.kernel.bits == second.kernel.bits)
    #expect(first.bias.bits == second.bias.bits)
  }

  /// The three kernels of one case against the twin.
  private func check(_ instructionSet: InstructionSet, _ item: ConvolutionCase) throws {
    let runner = try ConvolutionRunner(instructionSet)
    let (window, samples) = (item.window, item.samples)
    let taps = window.kernel.height * window.kernel.width

    for bias in [item.bias, nil] {
      var biased = item
      biased.bias = bias
      KernelTesting.expectSums(
        runner.forward(biased), terms: taps * window.channels + 1, "forward of \(item)",
        exact: NaiveConvolution.forward(
          window, samples: samples, input: item.input, kernel: item.kernel, bias: bias),
        magnitude: NaiveConvolution.forward(
          window, samples: samples, input: item.input.magnitudes, kernel: item.kernel.magnitudes,
          bias: bias?.magnitudes))
    }

    let pixels = samples * window.output.height * window.output.width
    let gradient = runner.weightGradient(item)
    let exact = NaiveConvolution.weightGradient(
      window, samples: samples, input: item.input, outputGradient: item.outputGradient)
    let magnitude = NaiveConvolution.weightGradient(
      window, samples: samples, input: item.input.magnitudes, outputGradient: item.outputGradient.magnitudes)
    KernelTesting.expectSums(
      gradient.kernel, terms: pixels, "kernel gradient of \(item)", exact: exact.kernel, magnitude: magnitude.kernel)
    KernelTesting.expectSums(
      gradient.bias, terms: pixels, "bias gradient of \(item)", exact: exact.bias, magnitude: magnitude.bias)

    KernelTesting.expectSums(
      runner.inputGradient(item), terms: taps * window.filters, "input gradient of \(item)",
      exact: NaiveConvolution.inputGradient(
        window, samples: samples, outputGradient: item.outputGradient, kernel: item.kernel),
      magnitude: NaiveConvolution.inputGradient(
        window, samples: samples, outputGradient: item.outputGradient.magnitudes, kernel: item.kernel.magnitudes))
  }
}

/// One geometry with numbers to compute on.
struct ConvolutionCase: CustomStringConvertible {
  let window: Window2D
  let samples: Int
  var input: [Float]
  var kernel: [Float]
  var bias: [Float]?
  var outputGradient: [Float]

  /// - Parameter input: height, width, channels.
  init(
    _ input: (Int, Int, Int), filters: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1),
    _ padding: Window2D.Padding = .valid, samples: Int = 1
  ) throws {
    let window = try #require(
      Window2D(
        input: .init(height: input.0, width: input.1), channels: input.2,
        kernel: .init(height: kernel.0, width: kernel.1), stride: .init(height: stride.0, width: stride.1),
        padding: padding, filters: filters))
    self.init(
      window: window, samples: samples, input: KernelTesting.numbers(samples * window.inputCount, lane: 1),
      outputGradient: KernelTesting.numbers(samples * window.outputCount, lane: 4))
  }

  private init(window: Window2D, samples: Int, input: [Float], outputGradient: [Float]) {
    self.window = window
    self.samples = samples
    self.input = input
    self.outputGradient = outputGradient
    kernel = KernelTesting.numbers(window.kernelCount, lane: 2)
    bias = KernelTesting.numbers(window.filters, lane: 3)
  }

  /// The case with one of the samples alone.
  func sample(_ n: Int) -> ConvolutionCase {
    ConvolutionCase(
      window: window, samples: 1, input: Array(input[n * window.inputCount..<(n + 1) * window.inputCount]),
      outputGradient: Array(outputGradient[n * window.outputCount..<(n + 1) * window.outputCount]))
  }

  var description: String {
    let (input, kernel, stride) = (window.input, window.kernel, window.stride)
    return """
      \(samples) samples of \(input.height) × \(input.width) × \(window.channels), \(window.filters) filters of \
      \(kernel.height) × \(kernel.width), stride \(stride.height) × \(stride.width), \(window.padding)
      """
  }
}

/// The convolution kernels of one instruction set on arrays, with the margins of everything that they write watched.
struct ConvolutionRunner {
  let kernels: Kernels

  init(_ instructionSet: InstructionSet) throws { kernels = try #require(Kernels(instructionSet)) }

  func forward(_ item: ConvolutionCase) -> [Float] {
    let (input, kernel, bias) = (
      GuardedFloats(item.input), GuardedFloats(item.kernel), item.bias.map(GuardedFloats.init)
    )
    let output = GuardedFloats(count: item.samples * item.window.outputCount)
    let scratch = GuardedFloats(count: kernels.convolutionScratch(item.window))
    withExtendedLifetime((input, kernel, bias)) {
      kernels.convolution(
        item.window, samples: item.samples, input: input.view, kernel: kernel.view, bias: bias?.view,
        output: output.mutableView, scratch: scratch.mutableView)
    }
    #expect(output.marginsAreIntact && scratch.marginsAreIntact, "forward of \(item)")
    return output.values
  }

  func weightGradient(_ item: ConvolutionCase) -> (kernel: [Float], bias: [Float]) {
    let (input, outputGradient) = (GuardedFloats(item.input), GuardedFloats(item.outputGradient))
    let (kernel, bias) = (GuardedFloats(count: item.window.kernelCount), GuardedFloats(count: item.window.filters))
    let scratch = GuardedFloats(count: kernels.convolutionScratch(item.window))
    withExtendedLifetime((input, outputGradient)) {
      kernels.convolutionWeightGradient(
        item.window, samples: item.samples, input: input.view, outputGradient: outputGradient.view,
        kernelGradient: kernel.mutableView, biasGradient: bias.mutableView, scratch: scratch.mutableView)
    }
    #expect(
      kernel.marginsAreIntact && bias.marginsAreIntact && scratch.marginsAreIntact, "weight gradient of \(item)")
    return (kernel.values, bias.values)
  }

  func inputGradient(_ item: ConvolutionCase) -> [Float] {
    let (kernel, outputGradient) = (GuardedFloats(item.kernel), GuardedFloats(item.outputGradient))
    let prepared = GuardedFloats(count: kernels.convolutionPrepared(item.window))
    let input = GuardedFloats(count: item.samples * item.window.inputCount)
    let scratch = GuardedFloats(count: kernels.convolutionScratch(item.window))
    withExtendedLifetime((kernel, outputGradient)) {
      kernels.prepareConvolution(item.window, kernel: kernel.view, prepared: prepared.mutableView)
      kernels.convolutionInputGradient(
        item.window, samples: item.samples, outputGradient: outputGradient.view, prepared: prepared.view,
        inputGradient: input.mutableView, scratch: scratch.mutableView)
    }
    #expect(
      prepared.marginsAreIntact && input.marginsAreIntact && scratch.marginsAreIntact, "input gradient of \(item)")
    return input.values
  }
}
