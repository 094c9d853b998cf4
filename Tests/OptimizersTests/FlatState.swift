import Optimizers
import Tensors

/// Parameters and slots as the trainer holds them: flat vectors.
struct FlatState: Sendable {
  let rule: any Optimizer
  let parameters: Storage<Float>
  let slots: [Storage<Float>]

  init(_ rule: any Optimizer, parameters: [Float]) {
    self.rule = rule
    self.parameters = Storage(parameters)
    slots = rule.slots.map { _ in Storage(count: parameters.count) }
  }

  /// One update, cut into slices at the given places.
  func update(
    step: Int, rate: Double? = nil, gradient: Storage<Float>, kernels: Kernels, cuts: [Int] = []
  ) {
    var views = SlotViews()
    for slot in slots { views.append(slot.mutableView) }
    let factors = rule.factors(step: step, learningRate: rate ?? rule.learningRate)
    let bounds = [0] + cuts + [parameters.count]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      rule.update(
        UpdatePass(
          kernels: kernels, factors: factors, gradient: gradient.view[start..<end],
          parameters: parameters.mutableView[start..<end], slots: views[start..<end]))
    }
  }

  /// Every bit of the state.
  var bits: [[UInt32]] { ([parameters] + slots).map { $0.view.array().map(\.bitPattern) } }
}

extension Kernels {
  /// Every instruction set that this machine can run.
  static let all = InstructionSet.allCases.compactMap { Kernels($0) }
}
