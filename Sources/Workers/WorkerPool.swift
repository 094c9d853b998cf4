import Dispatch
import Synchronization

/// Runs the phases of a step on a fixed number of threads.
///
/// A phase is a number of items and a body; every item is run exactly once, by whichever worker is free, and `run` returns when the
/// last one is done: returning is the only barrier. Who runs an item is left to chance, so a body's result must depend on the item
/// alone; that is what makes the bits independent of the number of threads.
///
/// The thread that calls `run` is worker 0. The others are blocks on serial Dispatch queues that live as long as the pool. Between
/// phases they spin for a moment (a step's next phase follows within microseconds) and then sleep on a semaphore.
///
/// Bodies run in one floating-point environment (`ArithmeticEnvironment`): rounding to the nearest, subnormal numbers are zeros.
///
/// A body that throws does not stop the other items: all are run, and the error of the lowest item is thrown, so the error does
/// not depend on scheduling either. A trap in a body ends the process, as everywhere in Swift; a run then resumes from its
/// newest checkpoint.
public final class WorkerPool: Sendable {
  /// Most workers a pool may have.
  public static let largestWorkerCount = 128

  /// What a phase does with one item.
  public typealias Body = @Sendable (_ worker: Int, _ item: Int) throws -> Void

  /// Number of threads that work on a phase, the caller's among them.
  public let workerCount: Int

  private let state: PhaseState

  /// Starts `workerCount - 1` threads.
  ///
  /// - Parameters:
  ///   - workerCount: `1...largestWorkerCount`.
  ///   - spins: whether waiting threads spin before they sleep; false where there are more workers than processors.
  public init(workerCount: Int, spins: Bool = true) {
    precondition((1...WorkerPool.largestWorkerCount).contains(workerCount), "worker count out of range")
    self.workerCount = workerCount
    let state = PhaseState(helpers: workerCount - 1, spins: spins)
    self.state = state
    for helper in 0..<workerCount - 1 {
      DispatchQueue(label: "lockstep.worker.\(helper + 1)", qos: .userInitiated).async {
        // Strongly holds the state, not the pool, so that the pool can go away and tell it to end.
        state.workUntilClosed(helper: helper)
      }
    }
  }

  deinit { state.close() }

  /// What a worker was at when somebody looked.
  public struct Place: Equatable, Sendable {
    /// The worker; 0 is the thread that called `run`.
    public let worker: Int
    /// The item of the phase.
    public let item: Int
    /// Differs from phase to phase.
    let phase: UInt64
  }

  /// What the workers are at in this moment, those that are at an item. May be called from any thread at any time; as long as it gives
  /// the same, no item was begun or finished.
  public func places() -> [Place] {
    (0..<workerCount).compactMap { worker in
      let word = state.place(of: worker)
      return word == 0 ? nil : Place(worker: worker, item: Int(word & 0xFFFF_FFFF) - 1, phase: word >> 32)
    }
  }

  /// Runs `body` once for every item in `0..<count`, on all workers.
  ///
  /// Calls must not overlap and must not come from inside a body: either is a trap. A body that was made once and is passed again costs no
  /// allocation.
  ///
  /// - Throws: the error of the lowest item whose body threw, after all items have run.
  public func run(_ count: Int, _ body: @escaping Body) throws {
    precondition(count >= 0 && count <= Int(Int32.max), "phase with an impossible number of items")
    if count > 0 { try state.run(count, body) }
  }
}
