import Networks
import Tensors
import Testing

/// Convolutions by Winograd's tiles inside a network, against the direct sum that `exactConvolution` asks for.
@Suite("Convolution algorithms")
struct ConvolutionAlgorithmTests {
  private static let layers: [any Layer] = [
    Conv2D(filters: 16, kernel: .init(3), padding: .same), Conv2D(filters: 24, kernel: .init(3), activation: .tanh),
    Conv2D(filters: 17, kernel: .init(3), padding: .same, useBias: false),
    Conv2D(filters: 16, kernel: .init(3), padding: .same, activation: .relu), MaxPool2D(), Flatten(), Dense(units: 3),
  ]

  @Test("both give the same losses and gradients but for rounding", arguments: Kernels.available)
  func agreement(kernels: Kernels) throws {
    func train(exact: Bool) throws -> (TrainingSet, TrainingSet.Result) {
      let set = try TrainingSet(
        input: [9, 10, 16], layers: ConvolutionAlgorithmTests.layers, samples: 4, kernels: kernels,
        numerics: Numerics(exactConvolution: exact))
      return (set, set.train())
    }
    let (set, direct) = try train(exact: true)
    let (_, tiled) = try train(exact: false)
    #expect(direct.gradient.map(\.bitPattern) != tiled.gradient.map(\.bitPattern), "both ran the same algorithm")
    #expect(zip(direct.losses, tiled.losses).allSatisfy { abs($0 - $1) <= 1e-5 * $0 })
    for entry in set.network.parameters.entries {
      let largest = entry.range.map { abs(direct.gradient[$0]) }.max() ?? 0
      #expect(largest > 0)
      let isNear = entry.range.allSatisfy { abs(direct.gradient[$0] - tiled.gradient[$0]) <= 1e-5 * largest }
      #expect(isNear, "gradient of \(entry.name)")
    }
  }

  @Test("evaluation gives the bits of training", arguments: Kernels.available)
  func evaluation(kernels: Kernels) throws {
    let set = try TrainingSet(
      input: [9, 10, 16], layers: ConvolutionAlgorithmTests.layers, samples: 4, kernels: kernels)
    #expect(set.evaluate().losses == set.train().losses)
  }
}
