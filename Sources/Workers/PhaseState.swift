import Dispatch
import Synchronization

/// What the workers of a pool share.
///
/// The heart is `ticket`: the phase's number in the high half, the items not yet taken in the low half. A worker takes an item by a
/// compare-and-exchange that lowers the low half; it can succeed only while that phase is running, and the phase cannot end before
/// the item is done, so `body` and `count`, which are read after the exchange, are those of the same phase. A worker that wakes
/// late finds nothing to take and touches nothing else.
///
/// A helper reads `body` once a phase, with its first item, and the caller passes on its own: the closure's reference count is one
/// cache line for all workers, and none of them touches it for an item.
final class PhaseState: @unchecked Sendable {
  // Safe to send: `body` and `count` are written by the thread that calls `run` while no item is on offer (the
  // preceding phase is finished), published by the release store of `ticket`, and read only by holders of an item.
  private var body: WorkerPool.Body?
  private var count = 0

  private let ticket = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)
  private let hasFailed = Atomic<Bool>(false)
  private let isClosed = Atomic<Bool>(false)
  private let isRunning = Atomic<Bool>(false)

  private let helpers: [Sleeper]
  private let caller: Sleeper
  private let failures: [WorkerFailure]

  init(helpers: Int, spins: Bool) {
    self.helpers = (0..<helpers).map { _ in Sleeper(spins: spins) }
    caller = Sleeper(spins: spins)
    failures = (0...helpers).map { _ in WorkerFailure() }
  }

  /// Offers a phase's items, helps with them, and waits for the last one.
  func run(_ count: Int, _ body: @escaping WorkerPool.Body) throws {
    // A second phase would take away the items of the first, which would then wait for ever.
    let overlaps = isRunning.exchange(true, ordering: .acquiring)
    precondition(!overlaps, "a phase began before the one before was over; phases neither nest nor overlap")
    defer { isRunning.store(false, ordering: .releasing) }
    self.body = body
    self.count = count
    finished.store(0, ordering: .relaxed)
    let phase = ((ticket.load(ordering: .relaxed) >> 32) + 1) & 0xFFFF_FFFF
    ticket.store(phase << 32 | UInt64(count), ordering: .sequentiallyConsistent)
    for helper in helpers { helper.wake() }
    if let item = take(phase: phase) { workOff(phase: phase, worker: 0, first: item, body) }
    caller.wait { finished.load(ordering: .sequentiallyConsistent) == count }
    self.body = nil
    if hasFailed.load(ordering: .relaxed) { try throwFailure() }
  }

  /// A helper's life.
  func workUntilClosed(helper: Int) {
    var seen: UInt64 = 0
    while true {
      helpers[helper].wait {
        ticket.load(ordering: .sequentiallyConsistent) >> 32 != seen
          || isClosed.load(ordering: .sequentiallyConsistent)
      }
      if isClosed.load(ordering: .relaxed) { return }
      seen = ticket.load(ordering: .relaxed) >> 32
      if let item = take(phase: seen), let body {
        workOff(phase: seen, worker: helper + 1, first: item, body)
      }
    }
  }

  /// Ends the helpers; no phase is running.
  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    for helper in helpers { helper.wake() }
  }

  /// Runs the item that the worker holds, and then those that are left of the phase.
  private func workOff(phase: UInt64, worker: Int, first: Int, _ body: WorkerPool.Body) {
    var next: Int? = first
    while let item = next {
      do {
        try body(worker, item)
      } catch {
        failures[worker].record(error, item: item)
        hasFailed.store(true, ordering: .relaxed)
      }
      let total = count
      if finished.add(1, ordering: .sequentiallyConsistent).newValue == total { caller.wake() }
      next = take(phase: phase)
    }
  }

  /// Takes the next item of the phase, or nil where none is left or the phase is over.
  private func take(phase: UInt64) -> Int? {
    var current = ticket.load(ordering: .acquiring)
    while true {
      let left = current & 0xFFFF_FFFF
      if left == 0 || current >> 32 != phase { return nil }
      let (exchanged, original) = ticket.weakCompareExchange(
        expected: current, desired: current - 1, ordering: .acquiringAndReleasing)
      if exchanged { return count - Int(left) }
      current = original
    }
  }

  private func throwFailure() throws {
    hasFailed.store(false, ordering: .relaxed)
    let lowest = failures.compactMap { $0.take() }.min { $0.item < $1.item }
    if let lowest { throw lowest.error }
  }
}

/// The first item of a phase that failed on one worker. A worker takes items in rising order, so the first is its lowest.
private final class WorkerFailure: @unchecked Sendable {
  // Safe to send: written by its worker while that holds an item, read by the caller when all items are finished.
  private var first: (item: Int, error: any Error)?

  func record(_ error: any Error, item: Int) {
    if first == nil { first = (item, error) }
  }

  func take() -> (item: Int, error: any Error)? {
    defer { first = nil }
    return first
  }
}
