import Tensors

/// What a layer may rely on when it plans its passes.
public struct PlanContext: Sendable {
  /// The kernels that the passes will use.
  public let kernels: Kernels
  /// How they may calculate.
  public let numerics: Numerics

  /// Creates a context.
  public init(kernels: Kernels, numerics: Numerics = Numerics()) {
    self.kernels = kernels
    self.numerics = numerics
  }

  /// The kernels for products of bfloat16 numbers, or nil where the precision is another one.
  ///
  /// - Throws: `ShapeError` where they are asked for and there are none.
  public func bfloat16() throws(ShapeError) -> BFloat16Kernels? {
    guard numerics.precision == .bfloat16 else { return nil }
    if let bfloat16 = kernels.bfloat16 { return bfloat16 }
    let set = kernels.instructionSet
    let found = set == .avx512 ? "this one does not have it" : "the kernels here are \(set.rawValue)"
    throw ShapeError(
      "bfloat16 needs the avx512 kernels and a processor with AVX512-BF16, and \(found); "
        + "use float32, or another machine")
  }
}

/// How the arithmetic may be done. Part of the config, since it decides the bits.
public struct Numerics: Sendable, Equatable {
  /// Whether convolutions add up their products one by one, where the default may take a faster algorithm that rounds
  /// otherwise.
  public var exactConvolution: Bool
  /// The numbers that are multiplied.
  public var precision: Precision

  /// Creates the choice; the default is the fastest in single precision.
  public init(exactConvolution: Bool = false, precision: Precision = .float32) {
    self.exactConvolution = exactConvolution
    self.precision = precision
  }
}

/// The numbers that are multiplied in the layers that can choose. Parameters, gradients, sums and the optimizer's slots are
/// FP32 always.
public enum Precision: String, Sendable, CaseIterable {
  /// Single precision.
  case float32
  /// bfloat16, rounded from single precision, in dense layers that gain by it; the rest stays in single precision.
  case bfloat16
}
