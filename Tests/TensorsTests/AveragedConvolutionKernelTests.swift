import Tensors
import Testing

/// Convolution, activation and average pooling in one against the kernels one by one: the same bits.
@Suite struct AveragedConvolutionKernelTests {
  @Test("Every number of filters and function", arguments: KernelTesting.instructionSets)
  func filters(_ instructionSet: InstructionSet) throws {
    var taken = 0
    for filters in 1...8 {
      for function in [ActivationFunction.tanh, .relu, .leakyRelu(slope: 0.25), .sigmoid] {
        taken += try check(instructionSet, (12, 19), filters: filters, kernel: (3, 3), function, samples: 2)
        taken += try check(instructionSet, (13, 16), filters: filters, kernel: (5, 5), function, .same)
      }
    }
    #expect(taken >= 16, "hardly a window is taken")
  }

  @Test("Images of every width, with a row or column over", arguments: KernelTesting.instructionSets)
  func widths(_ instructionSet: InstructionSet) throws {
    var taken = 0
    for width in 9...70 {
      taken += try check(instructionSet, (10, width), filters: 2, kernel: (4, 2), .tanh)
      taken += try check(instructionSet, (7, width), filters: 1, kernel: (2, 5), .tanh, .same, samples: 3)
    }
    taken += try check(instructionSet, (28, 28), filters: 6, kernel: (5, 5), .tanh, .same, samples: 3)
    #expect(taken >= 100, "hardly a window is taken")
  }

  @Test("Refuses what it cannot do", arguments: KernelTesting.instructionSets)
  func refusals(_ instructionSet: InstructionSet) throws {
    let kernels = try #require(Kernels(instructionSet))
    let window = try AveragedCase((28, 28), filters: 2, kernel: (5, 5), .same, samples: 1).window
    #expect(kernels.averagesConvolution(window, .tanh))
    #expect(!kernels.averagesConvolution(window, .gelu), "its derivative needs the input")
    let wide = try AveragedCase((28, 28), filters: 16, kernel: (5, 5), .same, samples: 1).window
    #expect(!kernels.averagesConvolution(wide, .tanh))
  }

  /// Returns 1 where the kernels take the window, else 0.
  private func check(
    _ instructionSet: InstructionSet, _ input: (Int, Int), filters: Int, kernel: (Int, Int),
    _ function: ActivationFunction, _ padding: Window2D.Padding = .valid, samples: Int = 1
  ) throws -> Int {
    let kernels = try #require(Kernels(instructionSet))
    let item = try AveragedCase(input, filters: filters, kernel: kernel, padding, samples: samples)
    guard kernels.averagesConvolution(item.window, function) else { return 0 }
    let memory = GuardedMemory()
    let (result, expected) = (
      item.together(kernels, function, memory: memory), try item.oneByOne(kernels, function, memory: memory)
    )
    let what = "\(input) by \(kernel), \(filters) filters, \(padding), \(function), \(instructionSet)"
    #expect(memory.isIntact, "memory before a result of \(what)")
    for (name, path) in AveragedResult.parts {
      // Compared first: a message with thousands of numbers would help nobody.
      let isEqual = result[keyPath: path].bits == expected[keyPath: path].bits
      #expect(isEqual, "\(name) of \(what)")
    }
    return 1
  }
}

/// What the passes write.
private struct AveragedResult {
  var output: [Float]
  var evaluated: [Float]
  var kernelGradient: [Float]
  var biasGradient: [Float]
  var inputGradient: [Float]

  static var parts: [(String, KeyPath<AveragedResult, [Float]>)] {
    [
      ("output", \.output), ("output in evaluation", \.evaluated), ("kernel gradient", \.kernelGradient),
      ("bias gradient", \.biasGradient), ("input gradient", \.inputGradient),
    ]
  }
}

/// One geometry with numbers to compute on.
private struct AveragedCase {
  let window: Window2D
  let samples: Int
  let input, kernel, bias, outputGradient: [Float]

  init(
    _ input: (Int, Int), filters: Int, kernel: (Int, Int), _ padding: Window2D.Padding, samples: Int
  ) throws {
    window = try #require(
      Window2D(
        input: .init(height: input.0, width: input.1), channels: 1,
        kernel: .init(height: kernel.0, width: kernel.1), stride: .init(height: 1, width: 1), padding: padding,
        filters: filters))
    self.samples = samples
    self.input = KernelTesting.numbers(samples * window.inputCount, lane: 1)
    self.kernel = KernelTesting.numbers(window.kernelCount, lane: 2)
    bias = KernelTesting.numbers(filters, lane: 3)
    outputGradient = KernelTesting.numbers(samples * window.pooledCount, lane: 4)
  }

  func together(_ kernels: Kernels, _ function: ActivationFunction, memory: GuardedMemory) -> AveragedResult {
    let (input, kernel, bias) = (memory.hold(input).readOnly, memory.hold(kernel).readOnly, memory.hold(bias).readOnly)
    let gradient = memory.hold(outputGradient).readOnly
    let scratch = memory.space(kernels.averagedConvolutionScratch(window))
    let prepared = memory.space(kernels.convolutionPrepared(window))
    let kept = memory.space(samples * kernels.averagedConvolutionKept(window), of: UInt8.self)
    let (output, evaluated) = (memory.space(samples * window.pooledCount), memory.space(samples * window.pooledCount))
    let inputGradient = memory.space(samples * window.inputCount)
    let (kernelGradient, biasGradient) = (memory.space(window.kernelCount), memory.space(window.filters))
    for (output, kept) in [(output, kept), (evaluated, nil)] {
      kernels.averagedConvolution(
        window, function, samples: samples, input: input, kernel: kernel, bias: bias, output: output, kept: kept,
        scratch: scratch)
    }
    kernels.averagedConvolutionWeightGradient(
      window, function, samples: samples, input: input, outputGradient: gradient, kept: kept.readOnly,
      kernelGradient: kernelGradient, biasGradient: biasGradient, scratch: scratch)
    kernels.prepareConvolution(window, kernel: kernel, prepared: prepared)
    kernels.averagedConvolutionInputGradient(
      window, function, samples: samples, outputGradient: gradient, kept: kept.readOnly, prepared: prepared.readOnly,
      inputGradient: inputGradient, scratch: scratch)
    return AveragedResult(
      output: output.array(), evaluated: evaluated.array(), kernelGradient: kernelGradient.array(),
      biasGradient: biasGradient.array(), inputGradient: inputGradient.array())
  }

  func oneByOne(
    _ kernels: Kernels, _ function: ActivationFunction, memory: GuardedMemory
  ) throws -> AveragedResult {
    let pool = try #require(
      Window2D(
        input: window.output, channels: window.filters, kernel: .init(height: 2, width: 2),
        stride: .init(height: 2, width: 2), padding: .valid, filters: window.filters))
    let (input, kernel, bias) = (memory.hold(input).readOnly, memory.hold(kernel).readOnly, memory.hold(bias).readOnly)
    let scratch = memory.space(kernels.convolutionScratch(window))
    let prepared = memory.space(kernels.convolutionPrepared(window))
    let (image, gradient) = (memory.space(samples * window.outputCount), memory.space(samples * window.outputCount))
    let (output, inputGradient) = (
      memory.space(samples * window.pooledCount), memory.space(samples * window.inputCount)
    )
    let (kernelGradient, biasGradient) = (memory.space(window.kernelCount), memory.space(window.filters))
    kernels.convolution(
      window, samples: samples, input: input, kernel: kernel, bias: bias, output: image, scratch: scratch)
    kernels.activation(function, input: image.readOnly, output: image)
    kernels.averagePool(pool, samples: samples, input: image.readOnly, output: output)
    kernels.averagePoolGradient(
      pool, samples: samples, outputGradient: memory.hold(outputGradient).readOnly, inputGradient: gradient)
    kernels.activationGradient(
      function, value: image.readOnly, outputGradient: gradient.readOnly, inputGradient: gradient)
    kernels.convolutionWeightGradient(
      window, samples: samples, input: input, outputGradient: gradient.readOnly, kernelGradient: kernelGradient,
      biasGradient: biasGradient, scratch: scratch)
    kernels.prepareConvolution(window, kernel: kernel, prepared: prepared)
    kernels.convolutionInputGradient(
      window, samples: samples, outputGradient: gradient.readOnly, prepared: prepared.readOnly,
      inputGradient: inputGradient, scratch: scratch)
    return AveragedResult(
      output: output.array(), evaluated: output.array(), kernelGradient: kernelGradient.array(),
      biasGradient: biasGradient.array(), inputGradient: inputGradient.array())
  }
}
