import Checkpoints
import Foundation
import Training

/// Finds out whether a run's directory has a newer good checkpoint than the one that is served, and has that served.
final class CheckpointPoller: @unchecked Sendable {
  // Safe to send: the queue of the watcher's timer alone calls it.

  /// A file as it was when it was read: another one under its name is another checkpoint.
  private struct Stamp: Equatable {
    var path: String
    var inode: UInt64
    var seconds: Int
    var nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      self.path = path
      inode = UInt64(status.st_ino)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
  }

  private let directory: String
  private let predictions: PredictionQueue
  private let metrics: ServerMetrics
  private let machine: Machine
  private let report: (String) -> Void
  /// The newest file when it last looked, whatever became of it.
  private var seen: Stamp?
  private var served: Stamp?

  init(
    directory: String, served: String, predictions: PredictionQueue, metrics: ServerMetrics, machine: Machine,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.directory = directory
    self.predictions = predictions
    self.metrics = metrics
    self.machine = machine
    self.report = report
    self.served = Stamp(served)
    seen = (try? CheckpointDirectory(directory).list().first).flatMap { Stamp($0.path) }
  }

  func poll() {
    // A directory that is gone, or has nothing, leaves what is served as it is.
    guard let newest = try? CheckpointDirectory(directory).list().first, let stamp = Stamp(newest.path), stamp != seen
    else { return }
    seen = stamp
    do {
      let search = try RunDirectory.newestCheckpoint(in: directory)
      for reason in search.skipped { report("passed over: \(reason)") }
      guard let (checkpoint, path) = search.found, let found = Stamp(path), found != served else { return }
      let model = try ServedModel(checkpoint, path: path, machine: machine)
      predictions.replace(with: model)
      // Only now is it so.
      served = found
      metrics.reloaded()
      report("now serving \(path)")
    } catch {
      report("a newer checkpoint cannot be served: \(error)")
    }
  }
}
