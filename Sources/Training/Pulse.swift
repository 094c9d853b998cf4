import Synchronization

/// Where the training thread is, for the watchdog. Written with relaxed stores, a few for each step.
final class Pulse: Sendable {
  /// What the worker pool is busy with; in a save, what it waits for.
  enum Phase: UInt8 {
    case none, gradient, reduce, update, evaluation, save
  }

  private let phaseNumber = Atomic<UInt8>(0)
  private let stepNumber = Atomic<Int>(0)

  /// Notes that a phase begins; `none` when it has ended.
  func enter(_ phase: Phase) { phaseNumber.store(phase.rawValue, ordering: .relaxed) }

  /// The phase that is under way.
  var phase: Phase { Phase(rawValue: phaseNumber.load(ordering: .relaxed)) ?? .none }

  /// The step that is under way, from 1; for an evaluation or a save the last one.
  var step: Int {
    get { stepNumber.load(ordering: .relaxed) }
    set { stepNumber.store(newValue, ordering: .relaxed) }
  }
}
