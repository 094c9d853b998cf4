import Foundation
import Optimizers

/// One element's update in double precision, written down again from the papers' and Keras's equations, with a bound on what FP32 may
/// differ by.
struct ReferenceElement: Sendable {
  /// The parameter.
  var parameter: Double
  /// The state, in the order of the optimizer's slots.
  var slots: [Double]
  /// Sums of the absolute values of what was added up to get `parameter`: the error of FP32 is a few roundings of this.
  var parameterScale = 0.0
  /// The same for the slots.
  var slotScales: [Double] = []

  init(parameter: Double, slots: [Double]) {
    self.parameter = parameter
    self.slots = slots
  }
}

/// What each optimizer does to one element.
enum ReferenceRules {
  static func sgd(_ rule: SGD, rate: Double, gradient g: Double, _ element: inout ReferenceElement) {
    let p = decayed(&element, rate: rate, decay: rule.weightDecay)
    guard rule.momentum > 0 else {
      element.parameter = p - rate * g
      element.parameterScale += abs(rate * g)
      return
    }
    let old = element.slots[0]
    let v = rule.momentum * old - rate * g
    let scale = abs(rule.momentum * old) + abs(rate * g)
    element.slots[0] = v
    element.slotScales = [scale]
    element.parameter = rule.nesterov ? p + rule.momentum * v - rate * g : p + v
    element.parameterScale += scale + abs(rate * g)
  }

  static func adam(
    step: Int, rate: Double, decay: Double, beta1: Double, beta2: Double, epsilon: Double, gradient g: Double,
    _ element: inout ReferenceElement
  ) {
    // What FP32 holds of them, as `AdamMoments` says.
    let (beta1, beta2) = (Double(Float(beta1)), Double(Float(beta2)))
    let p = decayed(&element, rate: rate, decay: decay)
    let (m0, v0) = (element.slots[0], element.slots[1])
    let m = beta1 * m0 + (1 - beta1) * g
    let v = beta2 * v0 + (1 - beta2) * g * g
    let mScale = abs(m0) + (1 - beta1) * (abs(g) + abs(m0))
    let vScale = v0 + (1 - beta2) * (g * g + v0)
    let (bias1, bias2) = (1 - pow(beta1, Double(step)), 1 - pow(beta2, Double(step)))
    let factor = rate * (bias2.squareRoot() / bias1) / (v.squareRoot() + epsilon)
    element.slots = [m, v]
    element.slotScales = [mScale, vScale]
    element.parameter = p - factor * m
    element.parameterScale += factor * mScale + (v > 0 ? abs(factor * m) * vScale / v : 0)
  }

  static func rmsProp(_ rule: RMSProp, rate: Double, gradient g: Double, _ element: inout ReferenceElement) {
    let rho = Double(Float(rule.rho))
    let p = decayed(&element, rate: rate, decay: rule.weightDecay)
    let v = rho * element.slots[0] + (1 - rho) * g * g
    let change = rate * g / (v + rule.epsilon).squareRoot()
    element.slots[0] = v
    element.slotScales = [v]
    element.parameter = p - change
    element.parameterScale += abs(change)
  }

  /// Any of the built-in optimizers.
  static func update(
    _ rule: any Optimizer, step: Int, rate: Double, gradient: Double, _ element: inout ReferenceElement
  ) {
    switch rule {
    case let rule as SGD: sgd(rule, rate: rate, gradient: gradient, &element)
    case let rule as Adam:
      adam(
        step: step, rate: rate, decay: 0, beta1: rule.beta1, beta2: rule.beta2, epsilon: rule.epsilon,
        gradient: gradient, &element)
    case let rule as AdamW:
      adam(
        step: step, rate: rate, decay: rule.weightDecay, beta1: rule.beta1, beta2: rule.beta2, epsilon: rule.epsilon,
        gradient: gradient, &element)
    case let rule as RMSProp: rmsProp(rule, rate: rate, gradient: gradient, &element)
    default: preconditionFailure("no reference for \(type(of: rule))")
    }
  }

  /// p − rate · decay · p; starts the parameter's scale.
  private static func decayed(_ element: inout ReferenceElement, rate: Double, decay: Double) -> Double {
    let p = element.parameter
    element.parameterScale = abs(p) + rate * decay * abs(p)
    return p - rate * decay * p
  }
}
