import Checkpoints
import Testing

/// A row of saves into one directory, each after the one before is done.
struct SaveScenario: Sendable, CustomTestStringConvertible {
  var name: String
  var saved: [Checkpoint]
  var retention: Retention

  var testDescription: String { name }

  init(_ name: String, _ saves: [(step: Int, score: Double?)], _ retention: Retention) {
    self.name = name
    saved = saves.map { Fixtures.checkpoint(step: $0.step, score: $0.score) }
    self.retention = retention
  }

  /// One checkpoint at a time, so that each save removes the one before.
  static let keepOne = SaveScenario(
    "keep one", (1...4).map { (100 * $0, nil) }, Retention(keepLast: 1, keepBest: 0))

  /// The last two and the best, which moves; one step is saved twice.
  static let keepBest = SaveScenario(
    "keep two and the best",
    [(100, 0.5), (200, 0.9), (300, 0.7), (400, nil), (400, 0.95), (500, 0.1), (600, 0.2), (700, nil)],
    Retention(keepLast: 2, keepBest: 1))

  /// Makes all saves, going on after those that fail, and records what was done.
  ///
  /// - Returns: the trace; how each save that did not fail ended, by its number.
  func run(
    in directory: TemporaryDirectory, over base: FileSystem = .unflushed
  ) throws -> (trace: [FileOperation], outcomes: [Int: AtomicFile.Outcome], errors: [Int: WriteError]) {
    let recording = RecordingFileSystem(base)
    var outcomes: [Int: AtomicFile.Outcome] = [:]
    var errors: [Int: WriteError] = [:]
    do throws(WriteError) {
      let store = try CheckpointStore(
        directory: directory.path, retention: retention, fileSystem: recording.fileSystem)
      for (number, checkpoint) in saved.enumerated() {
        do throws(WriteError) {
          try store.save(checkpoint)
          for report in try store.finish() {
            outcomes[number] = report.outcome
            if report.outcome == .durable { recording.note(.reportedDurable(number)) }
          }
        } catch {
          errors[number] = error
        }
      }
    } catch {
      // The directory was refused, before the first save.
      for number in saved.indices { errors[number] = error }
    }
    return (recording.operations, outcomes, errors)
  }
}
