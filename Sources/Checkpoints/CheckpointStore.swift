import Dispatch
import Synchronization
import Tensors

/// A checkpoint that is in its place.
public struct SavedCheckpoint: Sendable, Equatable {
  /// Updates applied in the state that was saved.
  public var step: Int
  /// The file.
  public var path: String
  /// Its size.
  public var bytes: Int
  /// Seconds that building and writing the file took.
  public var seconds: Double
  /// Whether a power cut can take it back, and why. Older checkpoints are then kept.
  public var outcome: AtomicFile.Outcome
  /// Older checkpoints that should have been removed and could not.
  public var notRemoved: [SystemError]
}

/// Writes a run's checkpoints in the background, one after another, and removes those that are no longer needed.
///
/// Saves are never reordered: they are made on one serial queue, in the order of the calls. A call that comes while an earlier save
/// is still being written waits for that one, so that at most two snapshots are in memory: the one being written and the caller's.
/// What goes wrong in the background is thrown by the next call.
public final class CheckpointStore: Sendable {
  /// What the background work leaves for the next call.
  private struct Results {
    var saved: [SavedCheckpoint] = []
    var failure: WriteError?
    /// Files that were read or written whole by this store: their bytes are known to be right.
    var verified: [String: (step: Int, score: Double?)] = [:]
  }

  /// The run's directory.
  public let directory: CheckpointDirectory
  private let retention: Retention
  private let fileSystem: FileSystem
  private let queue = DispatchQueue(label: "lockstep.checkpoints")
  private let results = Mutex(Results())
  /// Whether `results` may hold something to hand out: spares a training step, which asks each time, the lock.
  private let hasNews = Atomic<Bool>(false)

  /// Opens a run's directory for writing: makes it where it does not exist, removes what killed processes left half written, and
  /// tries whether a file can be made in it.
  ///
  /// - Throws: `WriteError` where the directory cannot be written, so that a run fails before its first step.
  public convenience init(directory: String, retention: Retention = Retention()) throws(WriteError) {
    try self.init(directory: directory, retention: retention, fileSystem: .system)
  }

  package init(directory path: String, retention: Retention, fileSystem: FileSystem) throws(WriteError) {
    directory = CheckpointDirectory(path)
    self.retention = retention
    self.fileSystem = fileSystem
    do throws(SystemError) {
      try SystemCalls.createDirectories(path, fileSystem)
      try TemporaryFile.removeLeftovers(in: path, fileSystem)
      try TemporaryFile.tryToCreate(in: path, fileSystem)
    } catch {
      throw WriteError(path: path, cause: .system(error))
    }
  }

  /// The checkpoint in one file.
  public static func load(_ path: String) throws(CheckpointError) -> Checkpoint { try CheckpointReader().load(path) }

  /// All files whose names are those of checkpoints, newest first.
  public func list() throws(CheckpointError) -> [CheckpointDirectory.File] { try directory.list() }

  /// The newest checkpoint whose every byte is right, and the newer files that were passed over.
  public func newestGood() throws(CheckpointError) -> CheckpointDirectory.Search { try directory.newestGood() }

  /// Saves a checkpoint as `step-<step>.weights.h5`; returns as soon as the save before it is done.
  ///
  /// A file of the same step is replaced.
  ///
  /// - Parameter prepare: done in the background before the file is written, for example to make durable what must not be younger than
  ///   the checkpoint. If it throws, the save has failed.
  /// - Throws: the failure of an earlier save; `checkpoint` is then not saved, and the call may be repeated.
  public func save(
    _ checkpoint: Checkpoint, after prepare: @escaping @Sendable () throws -> Void = {}
  ) throws(WriteError) {
    queue.sync {}
    try throwFailure()
    queue.async { self.write(checkpoint, after: prepare) }
  }

  /// The saves that have been completed since the last call, in order.
  ///
  /// - Throws: the failure of a save; what was saved before it is returned by the next call.
  public func takeSaved() throws(WriteError) -> [SavedCheckpoint] {
    guard hasNews.exchange(false, ordering: .acquiringAndReleasing) else { return [] }
    do throws(WriteError) {
      try throwFailure()
    } catch {
      hasNews.store(true, ordering: .releasing)
      throw error
    }
    return results.withLock { results in
      defer { results.saved = [] }
      return results.saved
    }
  }

  /// Waits for all saves, then as `takeSaved`.
  public func finish() throws(WriteError) -> [SavedCheckpoint] {
    queue.sync {}
    return try takeSaved()
  }

  /// Waits for all saves, but not longer than so many seconds.
  public func wait(seconds: Double) {
    let done = DispatchSemaphore(value: 0)
    queue.async { done.signal() }
    _ = done.wait(timeout: .now() + seconds)
  }

  private func throwFailure() throws(WriteError) {
    let failure = results.withLock { results in
      defer { results.failure = nil }
      return results.failure
    }
    if let failure { throw failure }
  }

  // MARK: On the queue

  private func write(_ checkpoint: Checkpoint, after prepare: () throws -> Void) {
    defer { hasNews.store(true, ordering: .releasing) }
    let step = checkpoint.run.step
    let path = FilePath.join(directory.path, CheckpointDirectory.name(ofStep: step))
    let start = DispatchTime.now()
    do throws(WriteError) {
      do {
        try prepare()
      } catch {
        throw WriteError(path: path, cause: .preparation("\(error)"))
      }
      let bytes = try encode(checkpoint, path)
      let outcome = try AtomicFile.write(bytes, to: path, fileSystem: fileSystem)
      results.withLock { $0.verified[path] = (step, checkpoint.run.score) }
      // Nothing older goes before the newer one is sure to stay.
      let notRemoved = outcome == .durable ? removeSuperfluous(keeping: path) : []
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
      let saved = SavedCheckpoint(
        step: step, path: path, bytes: bytes.count, seconds: seconds, outcome: outcome, notRemoved: notRemoved)
      results.withLock { $0.saved.append(saved) }
    } catch {
      results.withLock { $0.failure = error }
    }
  }

  private func encode(_ checkpoint: Checkpoint, _ path: String) throws(WriteError) -> Storage<UInt8> {
    do throws(WriteError.Cause) {
      return try CheckpointEncoder.encode(checkpoint)
    } catch {
      throw WriteError(path: path, cause: error)
    }
  }

  /// Removes the checkpoints that retention does not keep. A file counts, and may go, only if its name is ours and every byte of it
  /// is right: damaged and foreign files are neither counted nor touched.
  private func removeSuperfluous(keeping newest: String) -> [SystemError] {
    guard let files = try? directory.list() else { return [] }
    let good = files.compactMap { file in verified(file).map { (file: file, step: $0.step, score: $0.score) } }
    let kept = retention.keptSteps(of: good.map { ($0.step, $0.score) })
    var problems: [SystemError] = []
    for item in good where !kept.contains(item.step) && item.file.path != newest {
      do throws(SystemError) {
        try fileSystem.remove(item.file.path)
        results.withLock { $0.verified[item.file.path] = nil }
      } catch {
        problems.append(error)
      }
    }
    return problems
  }

  /// Step and score of a good checkpoint; a file of an earlier process is read once.
  private func verified(_ file: CheckpointDirectory.File) -> (step: Int, score: Double?)? {
    if let known = results.withLock({ $0.verified[file.path] }) { return known }
    guard let checkpoint = try? directory.load(file) else { return nil }
    let record = (step: file.step, score: checkpoint.run.score)
    results.withLock { $0.verified[file.path] = record }
    return record
  }
}
