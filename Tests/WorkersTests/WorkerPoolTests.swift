import Foundation
import Synchronization
import Tensors
import Testing
import Workers

/// What a phase promises: every item once, whoever runs it, and all of them before `run` returns.
@Suite struct WorkerPoolTests {
  static let workerCounts = [1, 2, 3, 7, 16]

  @Test("Every item is run exactly once", arguments: workerCounts, [0, 1, 5, 100, 3_000])
  func everyItemOnce(workers: Int, items: Int) throws {
    for spins in [true, false] {
      let pool = WorkerPool(workerCount: workers, spins: spins)
      #expect(pool.workerCount == workers)
      let runs = Storage<Int>(count: items)
      try pool.run(items) { _, item in runs.mutableView[item] += 1 }
      #expect(runs.view.array() == [Int](repeating: 1, count: items))
    }
  }

  @Test("A worker has a number of its own and one item at a time", arguments: workerCounts)
  func workerNumbers(workers: Int) throws {
    let pool = WorkerPool(workerCount: workers, spins: false)
    let caller = pthread_self()
    // Plain memory: each worker has a place of its own.
    let busy = Storage<Int>(count: workers)
    let faults = Atomic(0)
    try pool.run(500) { worker, item in
      guard (0..<workers).contains(worker), (worker == 0) == (pthread_equal(pthread_self(), caller) != 0) else {
        faults.add(1, ordering: .relaxed)
        return
      }
      busy.mutableView[worker] += 1
      if busy.view[worker] != 1 { faults.add(1, ordering: .relaxed) }
      if item % 50 == 0 { sched_yield() }
      busy.mutableView[worker] -= 1
    }
    #expect(faults.load(ordering: .relaxed) == 0)
  }

  @Test("There are as many threads as workers", arguments: workerCounts)
  func threads(workers: Int) throws {
    let pool = WorkerPool(workerCount: workers)
    for _ in 0..<3 {
      // Every item waits until all have begun: with a thread too few this would time out.
      let begun = Atomic(0)
      let together = Atomic(0)
      try pool.run(workers) { _, _ in
        begun.add(1, ordering: .sequentiallyConsistent)
        let deadline = ContinuousClock.now + .seconds(30)
        while begun.load(ordering: .sequentiallyConsistent) < workers, ContinuousClock.now < deadline { sched_yield() }
        if begun.load(ordering: .sequentiallyConsistent) == workers {
          together.add(1, ordering: .sequentiallyConsistent)
        }
      }
      #expect(together.load(ordering: .sequentiallyConsistent) == workers)
    }
  }

  @Test("A worker begins with its own share, the same in every phase", arguments: workerCounts)
  func shares(workers: Int) throws {
    let pool = WorkerPool(workerCount: workers)
    let takenBy = Storage<Int>(count: workers)
    for _ in 0..<20 {
      let begun = Atomic(0)
      try pool.run(workers) { worker, item in
        takenBy.mutableView[item] = worker
        // Nobody gets to a second item before all have begun their first.
        begun.add(1, ordering: .sequentiallyConsistent)
        let deadline = ContinuousClock.now + .seconds(30)
        while begun.load(ordering: .sequentiallyConsistent) < workers, ContinuousClock.now < deadline { sched_yield() }
      }
      #expect(takenBy.view.array() == Array(0..<workers))
    }
  }

  @Test("Nobody rests while there are items, whoever's share they are in", arguments: [2, 3, 7, 16], [0, 50, 99])
  func helping(workers: Int, slow: Int) throws {
    let pool = WorkerPool(workerCount: workers, spins: false)
    let others = Atomic(0)
    let wasHelped = Atomic(false)
    try pool.run(100) { _, item in
      guard item == slow else {
        others.add(1, ordering: .sequentiallyConsistent)
        return
      }
      // Whoever has this item does no other until all are done; those behind it in the share fall to the others.
      let deadline = ContinuousClock.now + .seconds(30)
      while others.load(ordering: .sequentiallyConsistent) < 99, ContinuousClock.now < deadline { sched_yield() }
      wasHelped.store(others.load(ordering: .sequentiallyConsistent) == 99, ordering: .sequentiallyConsistent)
    }
    let helped = wasHelped.load(ordering: .sequentiallyConsistent)
    #expect(helped)
  }

  @Test("One worker runs the items in order")
  func order() throws {
    let seen = Mutex<[Int]>([])
    try WorkerPool(workerCount: 1).run(20) { _, item in seen.withLock { $0.append(item) } }
    #expect(seen.withLock { $0 } == Array(0..<20))
  }

  @Test("Thousands of phases: each sees all of the one before", arguments: workerCounts)
  func manyPhases(workers: Int) throws {
    let pool = WorkerPool(workerCount: workers, spins: workers <= 2)
    let items = 9
    let values = Storage<Int>(count: items)
    let sums = Storage<Int>(count: items)
    let round = Lent(0)
    // Plain memory, no atomics: `run` is the barrier. Each item checks what all items of the phase before wrote.
    let write: WorkerPool.Body = { _, item in values.mutableView[item] = round.value + item }
    let sum: WorkerPool.Body = { _, item in
      sums.mutableView[item] = (0..<items).reduce(0) { $0 + values.view[$1] }
    }
    for phase in 0..<3_000 {
      round.value = phase
      try pool.run(items, write)
      try pool.run(items, sum)
      for item in 0..<items { try #require(sums.view[item] == items * phase + items * (items - 1) / 2) }
      // Now and then long enough for the workers to fall asleep.
      if phase % 500 == 0 { usleep(2_000) }
    }
  }

  @Test("Many pools may live at once, and short")
  func manyPools() throws {
    for _ in 0..<50 {
      let pools = (1...4).map { WorkerPool(workerCount: $0, spins: false) }
      for pool in pools {
        let done = Atomic(0)
        try pool.run(10) { _, _ in done.add(1, ordering: .relaxed) }
        #expect(done.load(ordering: .relaxed) == 10)
      }
    }
  }

  @Test("A pool keeps nothing of a phase that is over", arguments: workerCounts)
  func nothingKept(workers: Int) throws {
    final class Token: Sendable {}
    let pool = WorkerPool(workerCount: workers)
    weak var leftover: Token?
    do {
      let token = Token()
      leftover = token
      try pool.run(10) { _, _ in withExtendedLifetime(token) {} }
    }
    #expect(leftover == nil)
  }

  @Test("The largest pool works")
  func largest() throws {
    let pool = WorkerPool(workerCount: WorkerPool.largestWorkerCount, spins: false)
    let done = Atomic(0)
    for _ in 0..<20 { try pool.run(1_000) { _, _ in done.add(1, ordering: .relaxed) } }
    #expect(done.load(ordering: .relaxed) == 20_000)
  }
}
