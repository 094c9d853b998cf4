import Tensors

/// A 3 × 3 convolution with bias by Winograd's tiles, in every pass those that `winogradTile` chooses. Its operations are those of the
/// direct sum, so that more than the peak can come out.
struct MeasuredWinograd: MeasuredLayer {
  let name: String
  let flops: Int
  private let kernels: Kernels
  private let window: Window2D
  private let samples: Int
  private let forwardTile, weightTile, inputTile: WinogradTile
  private let input, output, inputGradientMemory, outputGradient: Storage<Float>
  private let kernelGradient, bias, biasGradient, prepared, preparedForInput, scratch: Storage<Float>

  init(
    _ name: String, _ kernels: Kernels, samples: Int, size: Int, channels: Int, filters: Int,
    _ padding: Window2D.Padding
  ) {
    guard
      let window = Window2D(
        input: .init(height: size, width: size), channels: channels, kernel: .init(height: 3, width: 3),
        stride: .init(height: 1, width: 1), padding: padding, filters: filters),
      let forward = kernels.winogradTile(window, .forward), let weights = kernels.winogradTile(window, .weightGradient),
      let inputs = kernels.winogradTile(window, .inputGradient)
    else { preconditionFailure("tiles suit the window in every pass") }
    self.name = name
    self.kernels = kernels
    self.window = window
    self.samples = samples
    (forwardTile, weightTile, inputTile) = (forward, weights, inputs)
    flops = 2 * window.cellsInside * channels * filters
    input = .numbers(samples * window.inputCount)
    output = Storage(count: samples * window.outputCount)
    inputGradientMemory = Storage(count: samples * window.inputCount)
    outputGradient = .numbers(samples * window.outputCount)
    kernelGradient = Storage(count: window.kernelCount)
    bias = .numbers(filters)
    biasGradient = Storage(count: filters)
    prepared = Storage(count: kernels.winogradPrepared(window, forward, .forward))
    preparedForInput = Storage(count: kernels.winogradPrepared(window, inputs, .inputGradient))
    scratch = Storage(
      count: max(
        kernels.winogradScratch(window, forward, .forward), kernels.winogradScratch(window, weights, .weightGradient),
        kernels.winogradScratch(window, inputs, .inputGradient)))
    let kernel = Storage<Float>.numbers(window.kernelCount)
    withExtendedLifetime(kernel) {
      kernels.prepareWinograd(window, forward, .forward, kernel: kernel.view, prepared: prepared.mutableView)
      kernels.prepareWinograd(
        window, inputs, .inputGradient, kernel: kernel.view, prepared: preparedForInput.mutableView)
    }
  }

  func forward() {
    kernels.winogradConvolution(
      window, forwardTile, samples: samples, input: input.view, prepared: prepared.view, bias: bias.view,
      output: output.mutableView, scratch: scratch.mutableView)
  }

  func weightGradient() {
    kernels.winogradWeightGradient(
      window, weightTile, samples: samples, input: input.view, outputGradient: outputGradient.view,
      kernelGradient: kernelGradient.mutableView, biasGradient: biasGradient.mutableView,
      scratch: scratch.mutableView)
  }

  func inputGradient() {
    kernels.winogradInputGradient(
      window, inputTile, samples: samples, outputGradient: outputGradient.view, prepared: preparedForInput.view,
      inputGradient: inputGradientMemory.mutableView, scratch: scratch.mutableView)
  }
}
