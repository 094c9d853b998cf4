import Tensors
import Testing

/// Winograd's kernels of one instruction set and tile on arrays, with the margins of everything that they write watched.
struct WinogradRunner {
  let kernels: Kernels
  let tile: WinogradTile

  init(_ instructionSet: InstructionSet, _ tile: WinogradTile) throws {
    kernels = try #require(Kernels(instructionSet))
    self.tile = tile
  }

  func forward(_ item: ConvolutionCase) -> [Float] {
    let (input, bias) = (GuardedFloats(item.input), item.bias.map(GuardedFloats.init))
    let (prepared, scratch) = (prepare(item, .forward), scratch(item, .forward))
    let output = GuardedFloats(count: item.samples * item.window.outputCount)
    withExtendedLifetime((input, bias)) {
      kernels.winogradConvolution(
        item.window, tile, samples: item.samples, input: input.view, prepared: prepared.view, bias: bias?.view,
        output: output.mutableView, scratch: scratch.mutableView)
    }
    #expect(output.marginsAreIntact && scratch.marginsAreIntact, "forward of \(item)")
    return output.values
  }

  /// The pooled output and its winners.
  func pooledForward(_ item: ConvolutionCase) -> (output: [Float], winners: [UInt8]) {
    let memory = GuardedMemory()
    let (input, bias) = (memory.hold(item.input).readOnly, item.bias.map { memory.hold($0).readOnly })
    let (prepared, scratch) = (prepare(item, .pooledForward), scratch(item, .pooledForward))
    let output = memory.space(item.samples * item.window.pooledCount)
    let winners = memory.space(item.samples * item.window.winnerBytes, of: UInt8.self)
    kernels.winogradPooledConvolution(
      item.window, tile, samples: item.samples, input: input, prepared: prepared.view, bias: bias, output: output,
      winners: winners, scratch: scratch.mutableView)
    #expect(memory.isIntact && scratch.marginsAreIntact, "pooled forward of \(item)")
    return (output.array(), winners.array())
  }

  /// The same by the direct sum.
  func directPooledForward(_ item: ConvolutionCase) -> (output: [Float], winners: [UInt8]) {
    let memory = GuardedMemory()
    let (input, kernel) = (memory.hold(item.input).readOnly, memory.hold(item.kernel).readOnly)
    let output = memory.space(item.samples * item.window.pooledCount)
    let winners = memory.space(item.samples * item.window.winnerBytes, of: UInt8.self)
    kernels.pooledConvolution(
      item.window, samples: item.samples, input: input, kernel: kernel,
      bias: item.bias.map { memory.hold($0).readOnly }, output: output, winners: winners,
      scratch: memory.space(kernels.pooledConvolutionScratch(item.window)))
    return (output.array(), winners.array())
  }

  func weightGradient(_ item: ConvolutionCase) -> (kernel: [Float], bias: [Float]) {
    let (input, outputGradient) = (GuardedFloats(item.input), GuardedFloats(item.outputGradient))
    let (kernel, bias) = (GuardedFloats(count: item.window.kernelCount), GuardedFloats(count: item.window.filters))
    let scratch = scratch(item, .weightGradient)
    withExtendedLifetime((input, outputGradient)) {
      kernels.winogradWeightGradient(
        item.window, tile, samples: item.samples, input: input.view, outputGradient: outputGradient.view,
        kernelGradient: kernel.mutableView, biasGradient: bias.mutableView, scratch: scratch.mutableView)
    }
    #expect(
      kernel.marginsAreIntact && bias.marginsAreIntact && scratch.marginsAreIntact, "weight gradient of \(item)")
    return (kernel.values, bias.values)
  }

  func inputGradient(_ item: ConvolutionCase) -> [Float] {
    let outputGradient = GuardedFloats(item.outputGradient)
    let (prepared, scratch) = (prepare(item, .inputGradient), scratch(item, .inputGradient))
    let input = GuardedFloats(count: item.samples * item.window.inputCount)
    withExtendedLifetime(outputGradient) {
      kernels.winogradInputGradient(
        item.window, tile, samples: item.samples, outputGradient: outputGradient.view, prepared: prepared.view,
        inputGradient: input.mutableView, scratch: scratch.mutableView)
    }
    #expect(input.marginsAreIntact && scratch.marginsAreIntact, "input gradient of \(item)")
    return input.values
  }

  private func prepare(_ item: ConvolutionCase, _ pass: ConvolutionPass) -> GuardedFloats {
    let kernel = GuardedFloats(item.kernel)
    let prepared = GuardedFloats(count: kernels.winogradPrepared(item.window, tile, pass))
    withExtendedLifetime(kernel) {
      kernels.prepareWinograd(item.window, tile, pass, kernel: kernel.view, prepared: prepared.mutableView)
    }
    #expect(prepared.marginsAreIntact, "prepared for \(pass) of \(item)")
    return prepared
  }

  private func scratch(_ item: ConvolutionCase, _ pass: ConvolutionPass) -> GuardedFloats {
    GuardedFloats(count: kernels.winogradScratch(item.window, tile, pass))
  }
}
