import Tensors

/// A layer whose three kernels are measured.
protocol MeasuredLayer {
  var name: String { get }
  /// The floating-point operations of one sample in each of the three directions; products with padding are not counted.
  var flops: Int { get }
  func forward()
  func weightGradient()
  func inputGradient()
}

/// A convolution with bias.
struct MeasuredConvolution: MeasuredLayer {
  let name: String
  let flops: Int
  private let kernels: Kernels
  private let window: Window2D
  private let samples: Int
  private let input, output, inputGradientMemory, outputGradient: Storage<Float>
  private let kernel, kernelGradient, bias, biasGradient, prepared, scratch: Storage<Float>

  init(
    _ name: String, _ kernels: Kernels, samples: Int, size: Int, channels: Int, filters: Int, kernel side: Int,
    _ padding: Window2D.Padding
  ) {
    guard
      let window = Window2D(
        input: .init(height: size, width: size), channels: channels, kernel: .init(height: side, width: side),
        stride: .init(height: 1, width: 1), padding: padding, filters: filters)
    else { preconditionFailure("the window fits the image") }
    self.name = name
    self.kernels = kernels
    self.window = window
    self.samples = samples
    // Along one axis, `same` loses at each border what hangs over: (side² - 1) / 4 pairs of pixel and tap.
    let pairs = window.output.height * side - (padding == .same ? (side * side - 1) / 4 : 0)
    flops = 2 * pairs * pairs * channels * filters
    input = .numbers(samples * window.inputCount)
    output = Storage(count: samples * window.outputCount)
    inputGradientMemory = Storage(count: samples * window.inputCount)
    outputGradient = .numbers(samples * window.outputCount)
    kernel = .numbers(window.kernelCount)
    kernelGradient = Storage(count: window.kernelCount)
    bias = .numbers(filters)
    biasGradient = Storage(count: filters)
    prepared = Storage(count: kernels.convolutionPrepared(window))
    scratch = Storage(count: kernels.convolutionScratch(window))
    kernels.prepareConvolution(window, kernel: kernel.view, prepared: prepared.mutableView)
  }

  func forward() {
    kernels.convolution(
      window, samples: samples, input: input.view, kernel: kernel.view, bias: bias.view, output: output.mutableView,
      scratch: scratch.mutableView)
  }

  func weightGradient() {
    kernels.convolutionWeightGradient(
      window, samples: samples, input: input.view, outputGradient: outputGradient.view,
      kernelGradient: kernelGradient.mutableView, biasGradient: biasGradient.mutableView,
      scratch: scratch.mutableView)
  }

  func inputGradient() {
    kernels.convolutionInputGradient(
      window, samples: samples, outputGradient: outputGradient.view, prepared: prepared.view,
      inputGradient: inputGradientMemory.mutableView, scratch: scratch.mutableView)
  }
}

/// A dense layer with bias.
struct MeasuredDense: MeasuredLayer {
  let name: String
  let flops: Int
  private let kernels: Kernels
  private let samples, inputs, units: Int
  private let input, output, inputGradientMemory, outputGradient: Storage<Float>
  private let weights, weightGradientMemory, bias, biasGradient, prepared: Storage<Float>

  init(_ name: String, _ kernels: Kernels, samples: Int, inputs: Int, units: Int) {
    self.name = name
    self.kernels = kernels
    self.samples = samples
    self.inputs = inputs
    self.units = units
    flops = 2 * inputs * units
    input = .numbers(samples * inputs)
    output = Storage(count: samples * units)
    inputGradientMemory = Storage(count: samples * inputs)
    outputGradient = .numbers(samples * units)
    weights = .numbers(inputs * units)
    weightGradientMemory = Storage(count: inputs * units)
    bias = .numbers(units)
    biasGradient = Storage(count: units)
    prepared = Storage(count: kernels.densePrepared(inputs: inputs, units: units))
    kernels.prepareDense(inputs: inputs, units: units, weights: weights.view, prepared: prepared.mutableView)
  }

  func forward() {
    kernels.dense(
      samples: samples, inputs: inputs, units: units, input: input.view, weights: weights.view,
      prepared: prepared.view, bias: bias.view, output: output.mutableView)
  }

  func weightGradient() {
    kernels.denseWeightGradient(
      samples: samples, inputs: inputs, units: units, input: input.view, outputGradient: outputGradient.view,
      weightGradient: weightGradientMemory.mutableView, biasGradient: biasGradient.mutableView)
  }

  func inputGradient() {
    kernels.denseInputGradient(
      samples: samples, inputs: inputs, units: units, outputGradient: outputGradient.view, weights: weights.view,
      prepared: prepared.view, inputGradient: inputGradientMemory.mutableView)
  }
}

extension Storage where Element == Float {
  /// Numbers in [-1, 1).
  static func numbers(_ count: Int) -> Storage<Float> {
    var stream = RandomStream(seed: 1, purpose: .test)
    return Storage((0..<count).map { _ in stream.uniform(in: -1..<1) })
  }
}
