import Settings
import Tensors

/// An elementwise function as a layer of its own. Also what runs behind a layer whose `activation` is set.
public struct Activation: Layer {
  /// The function.
  public let function: ActivationFunction

  /// Applies `function`.
  public init(_ function: ActivationFunction) { self.function = function }

  public static let kerasClass = "Activation"

  public static let schema = ObjectSchema("activation", "TODO", fields: [])

  public init(settings: Settings) throws(SettingsError) { fatalError() }

  public func plan(input: Shape, kernels: Kernels) throws(ShapeError) -> LayerPlan {
    LayerPlan(
      output: input, flops: input.count, memory: function.derivativeNeedsOutputOnly ? .inPlaceAllowed : .separate,
      backwardReads: function.derivativeNeedsOutputOnly ? .output : .input)
  }

  public func forward(_ pass: ForwardPass) {
    pass.kernels.activation(function, input: pass.input, output: pass.output)
  }

  public func backward(_ pass: BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let value = function.derivativeNeedsOutputOnly ? pass.output : pass.input
    pass.kernels.activationGradient(
      function, value: value, outputGradient: pass.outputGradient, inputGradient: inputGradient)
  }
}
