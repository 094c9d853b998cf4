import Settings
import Tensors

/// How the learning rate changes during a run: a factor over the optimizer's base rate, as a pure function of where the run is.
///
/// Nothing is carried from step to step, so a resumed run needs no state to go on, and no function of the C library decides a bit.
///
/// Every schedule can begin with a linear warm-up (Goyal et al., "Accurate, large minibatch SGD", 2017): over the first n steps the rate
/// grows from rate/n to the full rate. The schedule itself begins after it: its first step is the one after the warm-up, and its end
/// is the run's.
///
/// To add one: a file in `Schedules/` and a line in `ScheduleTable.standard`. CONTRIBUTING.md has the checklist.
public protocol Schedule: Configurable {
  /// Length of the warm-up in epochs; 0 for none.
  var warmupEpochs: Double { get }

  /// The factor after the warm-up, 0 or more.
  func factor(at position: SchedulePosition) -> Double
}

/// Where a run is within the part that a schedule governs, which is all that comes after the warm-up.
public struct SchedulePosition: Sendable, Equatable {
  /// Steps done since the warm-up, so 0 for the first; below `steps`.
  public let stepsDone: Int
  /// Length of the part, at least 1.
  public let steps: Int
  /// Steps of one epoch, at least 1.
  public let stepsPerEpoch: Int

  /// - Precondition: `0 <= stepsDone < steps`, `stepsPerEpoch >= 1`.
  public init(stepsDone: Int, steps: Int, stepsPerEpoch: Int) {
    precondition(stepsDone >= 0 && stepsDone < steps, "a step outside of the schedule")
    precondition(stepsPerEpoch >= 1, "an epoch without steps")
    self.stepsDone = stepsDone
    self.steps = steps
    self.stepsPerEpoch = stepsPerEpoch
  }
}

extension Schedule {
  /// The factor over the base rate for one step, warm-up included.
  ///
  /// - Parameters:
  ///   - step: which step, from 1 through `totalSteps`.
  ///   - stepsPerEpoch: at least 1.
  ///   - totalSteps: steps of the whole run.
  public func factor(step: Int, stepsPerEpoch: Int, totalSteps: Int) -> Double {
    precondition(step >= 1 && step <= totalSteps, "a step outside of the run")
    precondition(stepsPerEpoch >= 1, "an epoch without steps")
    let warmup = Warmup.steps(epochs: warmupEpochs, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps)
    guard step > warmup.count else { return Double(step) / warmup.length }
    return factor(
      at: SchedulePosition(
        stepsDone: step - warmup.count - 1, steps: totalSteps - warmup.count, stepsPerEpoch: stepsPerEpoch))
  }
}

/// The warm-up that all schedules share.
enum Warmup {
  static let range = NumberRange.from(0, through: 1e6)

  static let field = Field(
    "warmupEpochs", .number(range), default: .integer(0),
    "Epochs, or part of one, over which the rate first grows linearly to its full value; the schedule follows.")

  /// The warm-up in whole steps, to the nearest: its length, which may exceed the run, and how many of them the run has.
  static func steps(epochs: Double, stepsPerEpoch: Int, totalSteps: Int) -> (length: Double, count: Int) {
    let length = (epochs * Double(stepsPerEpoch)).rounded()
    return (length, length < Double(totalSteps) ? Int(length) : totalSteps)
  }

  static func require(_ epochs: Double) {
    precondition(range.contains(epochs), "warmupEpochs is out of range")
  }
}
