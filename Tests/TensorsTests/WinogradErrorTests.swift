import Tensors
import Testing

/// How far Winograd's results are from the exact ones, and how far the direct sum's are: root mean squares over a layer, relative to
/// that of the exact values.
@Suite struct WinogradErrorTests {
  /// Numbers as in a network that trains: inputs that a ReLU let through, kernels with He's variance, and gradients of which half are
  /// zero. An FP32 number has a relative error of 2⁻²⁴ = 6e-8 before anything is computed.
  @Test(
    "Errors are a few roundings of one number, of the direct sum and of tiles",
    arguments: KernelTesting.instructionSets, [32, 64, 128, 256])
  func errors(_ instructionSet: InstructionSet, _ channels: Int) throws {
    var item = try ConvolutionCase((8, 8, channels), filters: channels, kernel: (3, 3), .same)
    var stream = RandomStream(seed: 5, purpose: .test, lane: channels)
    let spread = (2 / Float(9 * channels)).squareRoot()
    item.input = item.input.map { _ in max(0, stream.normal()) }
    item.kernel = item.kernel.map { _ in spread * stream.normal() }
    item.outputGradient = item.outputGradient.map { _ in stream.normal() }.map { $0 > 0 ? $0 - 0.8 : 0 }
    item.bias = nil

    let exact = Results(
      forward: NaiveConvolution.forward(
        item.window, samples: 1, input: item.input, kernel: item.kernel, bias: nil),
      weightGradient: NaiveConvolution.weightGradient(
        item.window, samples: 1, input: item.input, outputGradient: item.outputGradient
      ).kernel,
      inputGradient: NaiveConvolution.inputGradient(
        item.window, samples: 1, outputGradient: item.outputGradient, kernel: item.kernel))
    let direct = try ConvolutionRunner(instructionSet)
    expectErrors(
      of: Results(
        forward: direct.forward(item), weightGradient: direct.weightGradient(item).kernel,
        inputGradient: direct.inputGradient(item)), exact, below: 7e-7, "direct sum, \(channels) channels")
    for (tile, limit) in [(WinogradTile.two, 7e-7), (.four, 2e-6)] {
      let winograd = try WinogradRunner(instructionSet, tile)
      expectErrors(
        of: Results(
          forward: winograd.forward(item), weightGradient: winograd.weightGradient(item).kernel,
          inputGradient: winograd.inputGradient(item)), exact, below: limit, "tiles of \(tile), \(channels) channels")
    }
  }

  private func expectErrors(of computed: Results, _ exact: Results, below limit: Double, _ what: String) {
    for (pass, error) in zip(["forward", "weight gradient", "input gradient"], exact.errors(of: computed)) {
      #expect(error > 0 && error < limit, "\(pass), \(what)")
    }
  }

  private struct Results {
    let forward, weightGradient, inputGradient: [Float]

    /// Of each pass, relative to these exact results.
    func errors(of computed: Results) -> [Double] {
      [(computed.forward, forward), (computed.weightGradient, weightGradient), (computed.inputGradient, inputGradient)]
        .map { computed, exact in
          let differences = zip(computed, exact).map { Double($0) - Double($1) }
          return (sumOfSquares(differences) / sumOfSquares(exact.map(Double.init))).squareRoot()
        }
    }

    private func sumOfSquares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
  }
}
