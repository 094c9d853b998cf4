import Dispatch
import Networks
import Settings
import Synchronization
import Tensors

/// A layer that hands on what it gets, once it is let go.
struct StallingLayer: Layer {
  private static let calls = Atomic<Int>(0)
  private static let stallingCall = Atomic<Int>(0)
  private static let gate = DispatchSemaphore(value: 0)

  /// Lets the given forward pass of training, from 1, wait for `release`.
  static func arm(call: Int?) {
    calls.store(0, ordering: .relaxed)
    stallingCall.store(call ?? 0, ordering: .relaxed)
  }

  static func release() { gate.signal() }

  static let kerasClass = "Stalling"
  static let schema = ObjectSchema("stalling", "Waits.", fields: [])

  init(settings: Settings) {}
  var keys: JSONValue { [:] }

  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    LayerPlan(Operation(), output: input)
  }

  private struct Operation: LayerOperation {
    func forward(_ pass: ForwardPass) {
      pass.output.copy(from: pass.input)
      guard pass.isTraining else { return }
      let call = calls.add(1, ordering: .relaxed).newValue
      if call == stallingCall.load(ordering: .relaxed) { gate.wait() }
    }

    func backward(_ pass: BackwardPass) { pass.inputGradient?.copy(from: pass.outputGradient) }
  }
}
