import Synchronization

/// What the workers of a pool share.
///
/// Each worker has a share of a phase's items, a run of its own: the same run in every phase with as many items, so that what it
/// worked on lies in its core's cache. Who has finished his own share helps the others with theirs.
///
/// The heart is the shares' tickets: the phase's number in the high half, the items not yet taken in the low half. Anybody takes an
/// item of a share by a compare-and-exchange that lowers the low half; it can succeed only while that phase is running, and the phase
/// cannot end before the item is done, so `body` and `count`, which are read after the exchange, are those of the same phase. A worker
/// that wakes late finds nothing to take and touches nothing else.
final class PhaseState: @unchecked Sendable {
  // Safe to send: `body`, `count` and `phase` are written by the thread that calls `run` while no item is on offer (the
  // preceding phase is finished), published by the release stores of tickets, and read only by holders of an item.
  // `tickets` and `places` are allocated by `init` and freed by `deinit`; their elements are atomic.
  private var body: WorkerPool.Body?
  private var count = 0
  private var phase: UInt64 = 0

  private let workers: Int
  private let tickets: UnsafeMutablePointer<Isolated<Atomic<UInt64>>>
  /// For each worker the phase's number in the high half, and one more than the item it is at in the low half; 0 for none. For whoever
  /// wants to know whether the phase makes progress: nothing is decided by it.
  private let places: UnsafeMutablePointer<Isolated<Atomic<UInt64>>>
  private let finished = Isolated(Atomic<Int>(0))
  private let hasFailed = Atomic<Bool>(false)
  private let isRunning = Atomic<Bool>(false)

  private let helpers: [Sleeper]
  private let caller: Sleeper
  private let failures: [WorkerFailure]

  /// The number of no phase: a ticket that carries it tells its helper to end.
  private static let closing: UInt64 = 0xFFFF_FFFF

  init(helpers: Int, spins: Bool) {
    self.helpers = (0..<helpers).map { _ in Sleeper(spins: spins) }
    caller = Sleeper(spins: spins)
    workers = helpers + 1
    failures = (0..<workers).map { _ in WorkerFailure() }
    tickets = .allocate(capacity: workers)
    places = .allocate(capacity: workers)
    for worker in 0..<workers {
      (tickets + worker).initialize(to: Isolated(Atomic(0)))
      (places + worker).initialize(to: Isolated(Atomic(0)))
    }
  }

  deinit {
    tickets.deinitialize(count: workers)
    tickets.deallocate()
    places.deinitialize(count: workers)
    places.deallocate()
  }

  /// Offers a phase's items, helps with them, and waits for the last one.
  func run(_ count: Int, _ body: @escaping WorkerPool.Body) throws {
    // A second phase would take away the items of the first, which would then wait for ever.
    let overlaps = isRunning.exchange(true, ordering: .acquiring)
    precondition(!overlaps, "a phase began before the one before was over; phases neither nest nor overlap")
    defer { isRunning.store(false, ordering: .releasing) }
    self.body = body
    self.count = count
    phase = phase + 1 < PhaseState.closing ? phase + 1 : 1
    finished.value.store(0, ordering: .relaxed)
    offer()
    let environment = ArithmeticEnvironment()
    workOff(phase: phase, worker: 0, body)
    environment.leave()
    caller.wait { finished.value.load(ordering: .sequentiallyConsistent) == count }
    self.body = nil
    if hasFailed.load(ordering: .relaxed) { try throwFailure() }
  }

  /// The phase and one more than the item that a worker is at; 0 where it is at none.
  func place(of worker: Int) -> UInt64 { places[worker].value.load(ordering: .relaxed) }

  /// A helper's life.
  func workUntilClosed(helper: Int) {
    let worker = helper + 1
    // Dispatch takes the thread back, and gives it to others.
    let environment = ArithmeticEnvironment()
    defer { environment.leave() }
    var seen: UInt64 = 0
    while true {
      helpers[helper].wait { tickets[worker].value.load(ordering: .sequentiallyConsistent) >> 32 != seen }
      seen = tickets[worker].value.load(ordering: .relaxed) >> 32
      if seen == PhaseState.closing { return }
      workOff(phase: seen, worker: worker, nil)
    }
  }

  /// Ends the helpers; no phase is running.
  func close() {
    for worker in 1..<workers { tickets[worker].value.store(PhaseState.closing << 32, ordering: .releasing) }
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    for helper in helpers { helper.wake() }
  }

  // MARK: Items

  /// The items of a worker's share.
  private func share(of worker: Int) -> Range<Int> {
    worker * count / workers..<(worker + 1) * count / workers
  }

  /// Puts all shares on offer. Who has none is left alone.
  private func offer() {
    for worker in 0..<workers {
      let items = share(of: worker).count
      if items > 0 { tickets[worker].value.store(phase << 32 | UInt64(items), ordering: .releasing) }
    }
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    for helper in helpers.indices where !share(of: helper + 1).isEmpty { helpers[helper].wake() }
  }

  /// Runs the items of the worker's own share, then of the others', until none of the phase is left to take.
  ///
  /// - Parameter body: the phase's, where the worker has it.
  private func workOff(phase: UInt64, worker: Int, _ body: WorkerPool.Body?) {
    for place in worker..<worker + workers {
      let done = workOff(shareOf: place < workers ? place : place - workers, phase: phase, worker: worker, body)
      if done > 0 { finish(done) }
    }
  }

  /// Runs the items that are left of a share, and returns how many they were.
  ///
  /// A helper reads the body once, with the first item, because the closure's reference count is one cache line for all workers; and
  /// lets go of it here, before the items count as done, so that nothing is left of the phase when `run` returns.
  private func workOff(shareOf owner: Int, phase: UInt64, worker: Int, _ known: WorkerPool.Body?) -> Int {
    guard let left = take(fromShareOf: owner, phase: phase) else { return 0 }
    // Not `known ?? body`: an optional closure that goes through a generic function is wrapped, which takes memory.
    if let known { return workOff(shareOf: owner, from: left, phase: phase, worker: worker, known) }
    guard let body else { return 0 }
    return workOff(shareOf: owner, from: left, phase: phase, worker: worker, body)
  }

  /// Runs the item that `left` stands for and those behind it.
  private func workOff(
    shareOf owner: Int, from first: Int, phase: UInt64, worker: Int, _ body: WorkerPool.Body
  ) -> Int {
    let end = share(of: owner).upperBound
    var (left, done) = (first, 0)
    while true {
      places[worker].value.store(phase << 32 | UInt64(end - left + 1), ordering: .relaxed)
      do {
        try body(worker, end - left)
      } catch {
        failures[worker].record(error, item: end - left)
        hasFailed.store(true, ordering: .relaxed)
      }
      done += 1
      guard let next = take(fromShareOf: owner, phase: phase) else {
        places[worker].value.store(0, ordering: .relaxed)
        return done
      }
      left = next
    }
  }

  /// Counts items that are done. With the last of them the phase may be over, and nothing of it may be touched any more.
  private func finish(_ items: Int) {
    let total = count
    if finished.value.add(items, ordering: .sequentiallyConsistent).newValue == total { caller.wake() }
  }

  /// Takes the next item of a share: returns how many there were left with it, or nil where there was none or the phase is over.
  private func take(fromShareOf owner: Int, phase: UInt64) -> Int? {
    var current = tickets[owner].value.load(ordering: .acquiring)
    while true {
      let left = Int(current & 0xFFFF_FFFF)
      if left == 0 || current >> 32 != phase { return nil }
      let (exchanged, original) = tickets[owner].value.weakCompareExchange(
        expected: current, desired: current - 1, ordering: .acquiringAndReleasing)
      if exchanged { return left }
      current = original
    }
  }

  // MARK: Failures

  private func throwFailure() throws {
    hasFailed.store(false, ordering: .relaxed)
    let lowest = failures.compactMap { $0.take() }.min { $0.item < $1.item }
    if let lowest { throw lowest.error }
  }
}

/// The lowest item of a phase that failed on one worker.
private final class WorkerFailure: @unchecked Sendable {
  // Safe to send: written by its worker while that holds an item, read by the caller when all items are finished.
  private var lowest: (item: Int, error: any Error)?

  func record(_ error: any Error, item: Int) {
    if item <= lowest?.item ?? item { lowest = (item, error) }
  }

  func take() -> (item: Int, error: any Error)? {
    defer { lowest = nil }
    return lowest
  }
}
