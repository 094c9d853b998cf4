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
}

/// How the arithmetic may be done. Part of the config, since it decides the bits.
public struct Numerics: Sendable, Equatable {
  /// Whether convolutions add up their products one by one, where the default may take a faster algorithm that rounds
  /// otherwise.
  public var exactConvolution: Bool

  /// Creates the choice; the default is the fastest.
  public init(exactConvolution: Bool = false) { self.exactConvolution = exactConvolution }
}
