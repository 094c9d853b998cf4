import Settings
import Tensors

/// An elementwise function as a layer of its own: `y = f(x)`, any input shape, same output shape.
///
/// It is a layer that does nothing with an activation behind it, so it runs like the `activation` of any other layer.
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

  public var keys: JSONValue { ["function": function.described] }

  public var activation: ActivationFunction? { function }

  public func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan { .alias(input) }

  public func exported(input: Shape) throws(ShapeError) -> ExportedLayer? { .identity }
}

extension ActivationFunction {
  /// The stage behind a layer. Where the derivative can be told from the output, the input may be overwritten.
  func plan(input: Shape) -> LayerPlan {
    LayerPlan(
      ElementwiseFunction(function: self), output: input, flops: input.count,
      memory: derivativeNeedsOutputOnly ? .inPlaceAllowed : .separate,
      backwardReads: derivativeNeedsOutputOnly ? .output : .input)
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
