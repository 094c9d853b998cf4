import Checkpoints
import Glibc
import Testing
import Training

/// A checkpoint with one thing changed that the rest of it contradicts. A right checksum proves nothing here: who changed the file
/// made a new one.
@Suite("A checkpoint that contradicts itself")
struct ContradictionTests {
  struct Change: CustomTestStringConvertible, Sendable {
    let found: String
    let change: @Sendable (inout Checkpoint) -> Void
    var testDescription: String { found }

    init(_ found: String, change: @escaping @Sendable (inout Checkpoint) -> Void) {
      self.found = found
      self.change = change
    }
  }

  static let changes: [Change] = [
    Change("its seed is 8, and its config's is 7") { $0.run.seed = 8 },
    Change("it counts 5 steps of an epoch that has 4") { $0.run.stepsPerEpoch = 5 },
    Change("it counts 3 minibatches of the epoch that has 2") { $0.run.batchesDone = 3 },
    Change("its optimizer counts more updates than steps") { $0.optimizer.iterations = 7 },
    Change("its history has 0 epochs, and 1 is done") {
      $0.run.history = MetricHistory(columns: $0.run.history.columns)
    },
    Change("its history has 300 epochs, and 1 is done") {
      $0.run.history = MetricHistory(
        columns: $0.run.history.columns, rows: Array(repeating: $0.run.history.rows[0], count: 300))
    },
    Change("its sums are over more samples than were trained since the last epoch") {
      $0.run.epochSums[0].value = 33
    },
    Change("2 evaluations since the best one are more than the 1 epochs") { $0.run.patience = 2 },
    Change("its score is not that of its last evaluation") { $0.run.score = 0 },
    Change("its best evaluation is none of its history") { $0.run.best?.step = 8 },
    Change("its best evaluation is none of its history") { $0.run.best?.step = 3 },
    Change("its best evaluation is none of its history") { $0.run.best?.value = -1 },
    Change("its best evaluation is none of its history") { $0.run.best?.metric = "accuracy" },
  ]

  @Test("is refused", arguments: changes)
  func isRefused(change: Change) throws {
    let run = try SmallRun()
    run.watcher.atStep = { step in if step == 6 { run.request.stop(signal: SIGTERM) } }
    try run.train()
    let resumed = try SmallRun(in: run.path)
    let path = run.path + "/step-00000006.weights.h5"
    #expect(throws: TrainingError.contradiction(path: path, found: change.found)) {
      try resumed.train { change.change(&$0) }
    }
  }
}
