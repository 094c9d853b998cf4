import Settings
import Tensors

/// An elementwise function as a layer of its own; also what runs behind a layer whose `activation` is set.
///
/// `y = f(x)`, any input shape, same output shape. The functions: relu, leakyRelu, gelu, silu, tanh, sigmoid.
public struct Activation: Layer, Equatable {
  /// The function.
  public let function: ActivationFunction

  /// Applies `function`.
  public init(_ function: ActivationFunction) { self.function = function }

  public static let kerasClass = "Activation"

  public static let schema = ObjectSchema(
    "activation", "An elementwise function as a layer of its own; the shape stays.",
    fields: [Field("function", ActivationFunction.fieldType, "The function.")])

  public init(settings: Settings) throws(SettingsError) {
    function = ActivationFunction(settings, key: "function")
  }

  public func plan(input: Shape, kernels: Kernels) throws(ShapeError) -> LayerPlan {
    LayerPlan(
      ElementwiseFunction(function: function), output: input, flops: input.count,
      memory: function.derivativeNeedsOutputOnly ? .inPlaceAllowed : .separate,
      backwardReads: function.derivativeNeedsOutputOnly ? .output : .input)
  }
}

/// y = f(x) and dx = dy · f′.
private struct ElementwiseFunction: LayerOperation {
  let function: ActivationFunction

  func forward(_ pass: ForwardPass) {
    pass.kernels.activation(function, input: pass.input, output: pass.output)
  }

  func backward(_ pass: BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.kernels.activationGradient(
      function, value: function.derivativeNeedsOutputOnly ? pass.output : pass.input,
      outputGradient: pass.outputGradient, inputGradient: inputGradient)
  }
}
