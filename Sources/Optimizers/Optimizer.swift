import Settings
import Tensors

/// One rule that turns a gradient into new parameters: a value that holds hyper-parameters and nothing else.
///
/// The state of a rule (its slots) is an argument, as parameters and gradient are. Each is a flat vector in the layout of the
/// parameters, and a rule treats every element alike, so the reduce phase may cut them into slices of any lengths: the bits do not
/// depend on where it cuts, nor on who updates which slice.
///
/// Weight decay means the same in every rule that has it: p ← p − rate · weightDecay · p before the update proper, "decoupled" from
/// the gradient (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019), as in Keras 3. It is no L2 term of the loss.
///
/// To add one: a file in `Rules/` and a line in `OptimizerTable.standard`. CONTRIBUTING.md has the checklist.
public protocol Optimizer: Configurable {
  /// Name that Keras 3 gives the rule in a weights file (the attribute `name` of `/optimizer/vars`), for example `adam_w`.
  static var kerasName: String { get }

  /// Base learning rate, the one that the schedule's factor multiplies.
  var learningRate: Double { get }

  /// Names of the state vectors, at most `SlotViews.capacity`, in the order in which Keras keeps them for each variable. All start
  /// at zero.
  var slots: [String] { get }

  /// Computes what one step's update needs beside the data, in FP64: called once a step.
  ///
  /// - Parameters:
  ///   - step: which update this is, from 1.
  ///   - learningRate: the base rate times the schedule's factor.
  func factors(step: Int, learningRate: Double) -> UpdateFactors

  /// Updates one slice in place. The hot path: no allocation, no lock.
  func update(_ pass: UpdatePass)

  /// The same in Keras's words; nil where there are none, and Keras cannot go on with it.
  var exported: ExportedOptimizer? { get }
}

extension Optimizer {
  /// No words.
  public var exported: ExportedOptimizer? { nil }

  /// The rate alone.
  public func factors(step: Int, learningRate: Double) -> UpdateFactors {
    UpdateFactors(step: step, learningRate: learningRate)
  }
}

/// What the update of one step needs beside the data: the same for every slice.
public struct UpdateFactors: Sendable, Equatable {
  /// Which update this is, from 1.
  public let step: Int
  /// The learning rate of this step.
  public let rate: Float
  /// The learning rate times the rule's correction for a young state; `rate` where the rule has none.
  public let correctedRate: Float

  /// Rounds to FP32 once.
  ///
  /// - Parameters:
  ///   - step: which update this is, from 1.
  ///   - learningRate: the base rate times the schedule's factor.
  ///   - correction: what `correctedRate` has on top.
  public init(step: Int, learningRate: Double, correction: Double = 1) {
    precondition(step >= 1, "updates count from 1")
    self.step = step
    rate = Float(learningRate)
    correctedRate = Float(learningRate * correction)
  }
}

/// Arguments of `Optimizer.update`: one slice of the flat vectors, all of one length.
public struct UpdatePass: Sendable {
  /// The kernels to use.
  public let kernels: Kernels
  /// What is the same for all slices of this step.
  public let factors: UpdateFactors
  /// Mean gradient over the minibatch, after clipping.
  public let gradient: View<Float>
  /// The parameters, updated in place.
  public let parameters: MutableView<Float>
  /// The rule's state in the order of `Optimizer.slots`, updated in place.
  public let slots: SlotViews

  /// Puts the arguments together.
  ///
  /// - Precondition: `gradient`, `parameters` and every slot have the same count.
  public init(
    kernels: Kernels, factors: UpdateFactors, gradient: View<Float>, parameters: MutableView<Float>, slots: SlotViews
  ) {
    precondition(gradient.count == parameters.count, "gradient and parameters differ in length")
    for index in 0..<slots.count {
      precondition(slots[index].count == parameters.count, "a slot and the parameters differ in length")
    }
    self.kernels = kernels
    self.factors = factors
    self.gradient = gradient
    self.parameters = parameters
    self.slots = slots
  }
}

/// The state vectors of an optimizer, or the same slice of each. A fixed number of views in place, because an array would allocate in
/// the hot path.
public struct SlotViews: Sendable {
  /// Most slots that any rule may have.
  public static let capacity = 3

  /// Number of slots.
  public private(set) var count = 0
  private var first: MutableView<Float>?
  private var second: MutableView<Float>?
  private var third: MutableView<Float>?

  /// No slots.
  public init() {}

  /// The given slots, at most `capacity`.
  public init(_ slots: MutableView<Float>...) {
    for slot in slots { append(slot) }
  }

  /// Adds a slot behind the others.
  public mutating func append(_ slot: MutableView<Float>) {
    switch count {
    case 0: first = slot
    case 1: second = slot
    case 2: third = slot
    default: preconditionFailure("an optimizer has at most \(SlotViews.capacity) slots")
    }
    count += 1
  }

  /// The slot at `index`, which must be in `0..<count`.
  public subscript(index: Int) -> MutableView<Float> {
    let slot: MutableView<Float>? =
      switch index {
      case 0: first
      case 1: second
      case 2: third
      default: nil
      }
    guard let slot else { preconditionFailure("the optimizer has no slot \(index)") }
    return slot
  }

  /// The part of every slot in `range`.
  public subscript(range: Range<Int>) -> SlotViews {
    var part = SlotViews()
    for index in 0..<count { part.append(self[index][range]) }
    return part
  }
}
