import Synchronization
import Testing
import Workers

/// What happens where a body fails.
@Suite struct WorkerErrorTests {
  struct Failure: Error, Equatable {
    let item: Int
  }

  @Test(
    "The error of the lowest item is thrown, after all items have run", arguments: WorkerPoolTests.workerCounts,
    [[0], [99], [41, 7, 63], Array(0..<100), Array(50..<100)])
  func lowest(workers: Int, failing: [Int]) throws {
    let pool = WorkerPool(workerCount: workers, spins: false)
    for _ in 0..<20 {
      let runs = Atomic(0)
      #expect(throws: Failure(item: failing.min() ?? -1)) {
        try pool.run(100) { _, item in
          runs.add(1, ordering: .relaxed)
          if failing.contains(item) { throw Failure(item: item) }
        }
      }
      #expect(runs.load(ordering: .relaxed) == 100)
    }
  }

  @Test("A phase after a failed one has nothing of its error", arguments: WorkerPoolTests.workerCounts)
  func recovery(workers: Int) throws {
    let pool = WorkerPool(workerCount: workers)
    for round in 0..<100 {
      #expect(throws: Failure(item: round % 7)) {
        try pool.run(7) { _, item in if item == round % 7 { throw Failure(item: item) } }
      }
      let runs = Atomic(0)
      try pool.run(7) { _, _ in runs.add(1, ordering: .relaxed) }
      #expect(runs.load(ordering: .relaxed) == 7)
    }
  }

  #if compiler(>=6.2)
    @Test("A phase inside a phase is a trap, not a hang")
    func nested() async {
      await #expect(processExitsWith: .failure) {
        let pool = WorkerPool(workerCount: 2)
        try pool.run(4) { _, _ in try pool.run(4) { _, _ in } }
      }
    }

    @Test("A trap in a worker ends the process, whichever thread it is on", arguments: [0, 1])
    func trap(worker: Int) async {
      await #expect(processExitsWith: .failure) { [worker] in
        let pool = WorkerPool(workerCount: 2)
        // Until the worker that is meant to trap gets an item.
        while true {
          try pool.run(100) { current, _ in if current == worker { fatalError("a trap on purpose") } }
        }
      }
    }

    @Test("No pool without workers", arguments: [0, -1, WorkerPool.largestWorkerCount + 1])
    func impossibleSize(workers: Int) async {
      await #expect(processExitsWith: .failure) { [workers] in
        _ = WorkerPool(workerCount: workers)
      }
    }
  #endif
}
