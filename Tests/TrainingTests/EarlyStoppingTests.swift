import Checkpoints
import Foundation
import Testing
import Training

/// `training.earlyStopping`: Keras's rule, and the same end through any resume.
@Suite("Early stopping")
struct EarlyStoppingTests {
  /// The number of epochs after which each ends; nil for never.
  @Test(
    "ends where Keras's EarlyStopping does",
    arguments: [
      (0, 0.0, [1, 0.9, 0.95, 0.92, 0.91], 3), (1, 0, [1, 0.9, 0.95, 0.92, 0.91], 3),
      (2, 0, [1, 0.9, 0.95, 0.92, 0.91], 4), (3, 0, [1, 0.9, 0.95, 0.92, 0.91], 5),
      (4, 0, [1, 0.9, 0.95, 0.92, 0.91], nil), (2, 0, [1, 0.9, 0.95, 0.89, 0.9, 0.9, 0.8], 6),
      // Equal is no improvement; nor is what falls by no more than the least.
      (1, 0, [1, 1, 0.5], 2), (1, 0.25, [1, 0.75, 0.25], 2), (1, 0.25, [1, 0.7, 0.4, 0.2], 4),
      // Never after the first epoch; what is no number is no improvement.
      (1, 0, [1], nil), (1, 0, [.nan], nil), (2, 0, [1, .nan, .nan, 0], 3), (1, 0, [.infinity, .infinity], 2),
    ] as [(Int, Double, [Double], Int?)])
  func rule(patience: Int, minDelta: Double, losses: [Double], end: Int?) {
    let stopping = EarlyStopping(patience: patience, minDelta: minDelta)
    let found = (0...losses.count).first { stopping.endsRun(after: Array(losses.prefix($0))) }
    #expect(found == end)
  }

  private static let settings = (
    "training.epochs=60", "training.optimizer={\"type\": \"adam\", \"learningRate\": 0.05}",
    "training.earlyStopping.patience=3"
  )

  private static func run(in path: String? = nil) throws -> SmallRun {
    try SmallRun(settings.0, settings.1, settings.2, in: path)
  }

  @Test("a run that is stopped and resumed at any step ends at the same epoch with the same bits")
  func resumed() throws {
    let whole = try Self.run()
    #expect(try whole.train().reason == .stoppedEarly(patience: 3))
    let epochs = whole.watcher.epochs.count
    try #require(epochs > 4 && epochs < 60)
    for step in [4 * epochs - 13, 4 * epochs - 6, 4 * epochs - 1, 4 * epochs] {
      let stopped = try Self.run()
      stopped.watcher.atStep = { if $0 == step { stopped.request.stop(signal: SIGTERM) } }
      #expect(try stopped.train().reason == .stopped(signal: "SIGTERM"))
      let resumed = try Self.run(in: stopped.path)
      #expect(try resumed.train().reason == .stoppedEarly(patience: 3))
      #expect(stopped.watcher.epochs + resumed.watcher.epochs == whole.watcher.epochs)
      #expect(try resumed.newest() == whole.newest())
    }
  }

  @Test("a run that ended early ends at once when it is resumed")
  func again() throws {
    let run = try Self.run()
    try run.train()
    let again = try Self.run(in: run.path)
    again.watcher.atStep = { Issue.record("step \($0)") }
    #expect(try again.train().reason == .stoppedEarly(patience: 3))
    #expect(try again.newest() == run.newest())
  }
}
