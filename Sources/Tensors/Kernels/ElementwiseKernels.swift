import CKernels

/// Elementwise functions between layers.
public enum ActivationFunction: Sendable, Equatable {
  /// max(x, 0).
  case relu
  /// x > 0 ? x : slope · x.
  case leakyRelu(slope: Float)
  /// x · Φ(x), the exact form (Hendrycks and Gimpel 2016).
  case gelu
  /// x · sigmoid(x) (Elfwing et al. 2017).
  case silu
  /// Hyperbolic tangent.
  case tanh
  /// 1 / (1 + exp(−x)).
  case sigmoid

  /// Whether the derivative can be told from the output alone, so that the input need not be kept (and may be overwritten).
  public var derivativeNeedsOutputOnly: Bool {
    switch self {
    case .relu, .leakyRelu, .tanh, .sigmoid: true
    case .gelu, .silu: false
    }
  }

  var code: ls_activation {
    switch self {
    case .relu: LS_RELU
    case .leakyRelu: LS_LEAKY_RELU
    case .gelu: LS_GELU
    case .silu: LS_SILU
    case .tanh: LS_TANH
    case .sigmoid: LS_SIGMOID
    }
  }

  var slope: Float {
    if case .leakyRelu(let slope) = self { slope } else { 0 }
  }
}

// The Swift face of `ls_elementwise_kernels`.
extension Kernels {
  /// `output = function(input)`; `output` may be the same memory as `input`.
  public func activation(_ function: ActivationFunction, input: View<Float>, output: MutableView<Float>) {
    check(output, holds: input.count, "output")
    table.pointee.elementwise.activation_forward(
      function.code, function.slope, Int64(input.count), input.base, output.base)
  }

  /// `inputGradient = outputGradient · function′`, with `value` the layer's output where
  /// `function.derivativeNeedsOutputOnly`, else its input. `inputGradient` may be the same memory as `outputGradient`.
  public func activationGradient(
    _ function: ActivationFunction, value: View<Float>, outputGradient: View<Float>,
    inputGradient: MutableView<Float>
  ) {
    check(outputGradient, holds: value.count, "output gradient")
    check(inputGradient, holds: value.count, "input gradient")
    table.pointee.elementwise.activation_backward(
      function.code, function.slope, Int64(value.count), value.base, outputGradient.base, inputGradient.base)
  }

  /// Inverted dropout of one sample with the random numbers of `stream`: keeps an element with probability `1 − rate`, scaled by
  /// `1 / (1 − rate)`. The same call on the output's gradient is the backward pass, so no mask is kept.
  ///
  /// - Parameter kept: gets a bit for every element, `dropoutBytes(count)` bytes: whether it was kept.
  public func dropout(
    rate: Float, stream: RandomStream, input: View<Float>, output: MutableView<Float>, kept: MutableView<UInt8>
  ) {
    check(output, holds: input.count, "output")
    check(kept, holds: Kernels.dropoutBytes(input.count), "kept")
    var position = ls_random(
      key: (stream.key.0, stream.key.1), counter: (stream.counter.0, stream.counter.1, stream.counter.2))
    let threshold = UInt32(min(Double(UInt32.max), (Double(rate) * 4_294_967_296).rounded()))
    table.pointee.elementwise.dropout(
      &position, threshold, 1 / (1 - rate), Int64(input.count), input.base, output.base, kept.base)
  }

  /// The gradient of one sample's dropout: `outputGradient`, scaled, where the element was kept, else 0.
  public func dropoutBackward(
    rate: Float, kept: View<UInt8>, outputGradient: View<Float>, inputGradient: MutableView<Float>
  ) {
    check(inputGradient, holds: outputGradient.count, "input gradient")
    check(kept, holds: Kernels.dropoutBytes(outputGradient.count), "kept")
    table.pointee.elementwise.dropout_backward(
      1 / (1 - rate), Int64(outputGradient.count), kept.base, outputGradient.base, inputGradient.base)
  }

  /// Bytes that `dropout` writes for `count` elements.
  public static func dropoutBytes(_ count: Int) -> Int { count / 8 + (count % 8 == 0 ? 0 : 1) }

  /// `output[i] = bytes[i] · scale[c] + offset[c]`, `c = i % channels`.
  public func normalise(
    bytes: View<UInt8>, scale: View<Float>, offset: View<Float>, output: MutableView<Float>
  ) {
    check(offset, holds: scale.count, "offset")
    check(output, holds: bytes.count, "output")
    table.pointee.elementwise.normalise(
      Int64(bytes.count), Int64(scale.count), bytes.base, scale.base, offset.base, output.base)
  }
}
