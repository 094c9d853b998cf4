import CKernels
import Dispatch
import Synchronization

/// Lets one thread wait until a condition holds: it spins for a moment, then sleeps until somebody wakes it.
///
/// The waker makes the condition true first and calls `wake` then. The order of flag and condition is crosswise on the two sides, so
/// one of them always sees the other and no wake-up is lost:
///
///     waiter: isAsleep = true;  read the condition         waker: make the condition true;  read isAsleep
final class Sleeper: Sendable {
  /// How long to spin, in nanoseconds: some times what it costs to sleep and be woken, so that a step whose workers finish a shard
  /// apart does not pay for it.
  private static let spinTime: UInt64 = 100_000
  /// Looks at the condition between two looks at the clock.
  private static let looksPerReading = 32

  private let isAsleep = Isolated(Atomic<Bool>(false))
  private let semaphore = DispatchSemaphore(value: 0)
  private let spins: Bool

  init(spins: Bool) { self.spins = spins }

  /// Returns when `condition` holds, which reads what wakers write with sequentially consistent ordering. One thread only.
  func wait(until condition: () -> Bool) {
    if spins, spin(until: condition) { return }
    while !condition() {
      isAsleep.value.store(true, ordering: .sequentiallyConsistent)
      if condition(), isAsleep.value.exchange(false, ordering: .sequentiallyConsistent) {
        return  // Taken back before anybody saw it.
      }
      // Either still asleep, or the waker took the flag and owes us a signal.
      semaphore.wait()
    }
  }

  /// Wakes the waiting thread if it sleeps; costs one atomic read if not.
  ///
  /// Between making the condition true and this lies a sequentially consistent operation, or a fence.
  func wake() {
    if isAsleep.value.load(ordering: .sequentiallyConsistent),
      isAsleep.value.exchange(false, ordering: .sequentiallyConsistent)
    {
      semaphore.signal()
    }
  }

  /// Returns whether the condition came true in time.
  @inline(__always)
  private func spin(until condition: () -> Bool) -> Bool {
    var end: UInt64?
    while true {
      for _ in 0..<Sleeper.looksPerReading {
        if condition() { return true }
        ls_pause()
      }
      let now = DispatchTime.now().uptimeNanoseconds
      if now >= end ?? .max { return false }
      if end == nil { end = now + Sleeper.spinTime }
    }
  }
}
