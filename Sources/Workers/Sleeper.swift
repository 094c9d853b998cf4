import Dispatch
import Synchronization

/// Lets one thread wait until a condition holds: it spins for a moment, then sleeps until somebody wakes it.
///
/// The waker makes the condition true first and calls `wake` then. The order of flag and condition is crosswise on the two sides, so
/// one of them always sees the other and no wake-up is lost:
///
///     waiter: isAsleep = true;  read the condition         waker: make the condition true;  read isAsleep
final class Sleeper: Sendable {
  /// Rounds of spinning: some 20 to 50 microseconds, about what a futex sleep and wake-up would cost.
  private static let spinRounds = 2_000

  private let isAsleep = Atomic<Bool>(false)
  private let semaphore = DispatchSemaphore(value: 0)
  private let spins: Bool

  init(spins: Bool) { self.spins = spins }

  /// Returns when `condition` holds. One thread only.
  func wait(until condition: () -> Bool) {
    if spins {
      for _ in 0..<Sleeper.spinRounds {
        if condition() { return }
        spinHint()
      }
    }
    while !condition() {
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      if condition(), isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
        return  // Taken back before anybody saw it.
      }
      // Either still asleep, or the waker took the flag and owes us a signal.
      semaphore.wait()
    }
  }

  /// Wakes the waiting thread if it sleeps; costs one atomic read if not.
  func wake() {
    if isAsleep.load(ordering: .sequentiallyConsistent), isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
      semaphore.signal()
    }
  }

  /// Gives the other hardware thread of the core a chance: Swift has no `pause`, so this is a plain relaxed read.
  @inline(__always)
  private func spinHint() { _ = isAsleep.load(ordering: .relaxed) }
}
