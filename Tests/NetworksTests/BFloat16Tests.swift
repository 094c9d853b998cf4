import Networks
import Tensors
import Testing

/// Networks that multiply bfloat16 numbers.
@Suite("Precision bfloat16")
struct BFloat16Tests {
  private static let kernels = Kernels.available.filter { $0.bfloat16 != nil }
  private static let bfloat16 = Numerics(precision: .bfloat16)

  /// Rounding to 8 bits errs by at most 2⁻⁹ of a number, so by 2⁻⁸ of a product, forward and backward once for each layer
  /// on the way. Errors of different products are of either sign, so the sums stay well below the bound.
  @Test(
    "gradients are those of single precision but for 8 bits of significand",
    .enabled(if: !kernels.isEmpty, "this processor has no AVX512-BF16"))
  func gradients() throws {
    var checker = GradientChecker()
    checker.numerics = BFloat16Tests.bfloat16
    checker.tolerance = 0x1p-6
    try checker.check(input: [7], [.dense(5), .dense(3)])
    try checker.check(input: [33], [.dense(17, bias: false), .dense(2, bias: false)])
    try checker.check(
      input: [40], [.dense(65, activation: .tanh), .dense(33, activation: .gelu), .dense(4)], samples: 5)
    try checker.check(input: [5, 4, 2], [.conv(3, (2, 2), activation: .tanh), .flatten, .dense(3)])
  }

  @Test("dense layers alone are rounded otherwise", arguments: kernels)
  func extent(kernels: Kernels) throws {
    func losses(_ layers: [any Layer], _ numerics: Numerics) throws -> [Float] {
      try TrainingSet(input: [6, 6, 2], layers: layers, samples: 3, kernels: kernels, numerics: numerics).train().losses
    }
    let convolution: [any Layer] = [Conv2D(filters: 4, kernel: .init(3), activation: .relu), GlobalAveragePool2D()]
    #expect(try losses(convolution, BFloat16Tests.bfloat16) == losses(convolution, Numerics()))
    let dense = convolution + [Dense(units: 3)]
    #expect(try losses(dense, BFloat16Tests.bfloat16) != losses(dense, Numerics()))
  }

  @Test("evaluation gives the bits of training", arguments: kernels)
  func evaluation(kernels: Kernels) throws {
    let set = try TrainingSet(
      input: [70], layers: [Dense(units: 65, activation: .relu), Dense(units: 3)], samples: 21, kernels: kernels,
      numerics: BFloat16Tests.bfloat16)
    #expect(set.evaluate().losses == set.train().losses)
  }

  @Test("kernels that have no bfloat16 are refused")
  func refusal() throws {
    let portable = try #require(Kernels(.portable))
    let error = #expect(throws: NetworkError.self) {
      try Network(input: [4], layers: [Dense(units: 2)], kernels: portable, numerics: BFloat16Tests.bfloat16)
    }
    #expect(
      error?.description == "layer 0 (dense): bfloat16 needs the avx512 kernels and a processor with AVX512-BF16, "
        + "and the kernels here are portable; use float32, or another machine")
  }
}
