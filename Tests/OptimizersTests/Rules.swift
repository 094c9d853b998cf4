import Optimizers
import Testing

/// An optimizer with a name for test reports.
struct NamedRule: Sendable, CustomTestStringConvertible {
  let name: String
  let rule: any Optimizer

  var testDescription: String { name }

  /// Every rule in every form.
  static let all = [
    NamedRule(name: "sgd", rule: SGD(learningRate: 0.05)),
    NamedRule(name: "sgd decay", rule: SGD(learningRate: 0.05, weightDecay: 0.02)),
    NamedRule(name: "sgd momentum", rule: SGD(learningRate: 0.02, momentum: 0.9)),
    NamedRule(name: "sgd nesterov", rule: SGD(learningRate: 0.02, momentum: 0.9, nesterov: true)),
    NamedRule(
      name: "sgd nesterov decay", rule: SGD(learningRate: 0.02, momentum: 0.8, nesterov: true, weightDecay: 0.02)),
    NamedRule(name: "adam", rule: Adam()),
    NamedRule(name: "adam other", rule: Adam(learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-3)),
    NamedRule(name: "adamW", rule: AdamW()),
    NamedRule(name: "adamW cosine", rule: AdamW(learningRate: 0.01, weightDecay: 0.1)),
    NamedRule(name: "rmsProp", rule: RMSProp()),
    NamedRule(
      name: "rmsProp decay", rule: RMSProp(learningRate: 0.01, rho: 0.8, epsilon: 1e-4, weightDecay: 0.02)),
  ]
}
