import Checkpoints
import Settings
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A run as its directory holds it. Nothing is changed there.
public struct SavedRun: Sendable {
  /// The directory, as the user named it.
  public let path: String
  /// The newest checkpoint that can be trusted.
  public let checkpoint: NewestCheckpoint?
  /// Newer checkpoints that were passed over, a line each with the reason.
  public let skipped: [String]
  /// The config of that checkpoint, or else of `config.json`.
  public let config: RunConfig?
  /// The log, or else what the checkpoint remembers of the finished epochs.
  public let history: RunHistory
  /// What cannot be shown of config and log, and why, a line each.
  public let problems: [String]
  /// Whether a process trains in the directory now.
  public let isInUse: Bool

  /// Reads a run.
  ///
  /// - Throws: `SavedRunError` where the path is no run's directory, `CheckpointError` where it cannot be read.
  public init(_ path: String) throws {
    self = try Self.withTensors(path).run
  }

  /// Reads a run, for who needs the checkpoint's tensors too: they are read with the rest, and may be large.
  ///
  /// - Throws: `SavedRunError` where the path is no run's directory, `CheckpointError` where it cannot be read.
  public static func withTensors(_ path: String) throws -> (run: SavedRun, checkpoint: Checkpoint?) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SavedRunError.missing(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw SavedRunError.notADirectory(path: path) }
    let newest = try RunDirectory.newestCheckpoint(in: path)
    return (try SavedRun(path, newest), newest.found?.checkpoint)
  }

  private init(_ path: String, _ newest: RunDirectory.Newest) throws(SavedRunError) {
    self.path = path
    checkpoint = newest.found.map { NewestCheckpoint($0.checkpoint, path: $0.path) }
    skipped = newest.skipped
    isInUse = RunDirectory.isInUse(path)
    var problems: [String] = []
    let logged = Self.log(in: path, &problems)
    config = Self.config(in: path, checkpoint: checkpoint, &problems)
    guard checkpoint != nil || config != nil || logged != nil || !newest.skipped.isEmpty else {
      throw SavedRunError.noRun(path: path)
    }
    var history = logged ?? RunHistory()
    if let run = checkpoint?.run, history.epochs.isEmpty {
      history.epochs = RunHistory.epochs(of: run)
      if !history.epochs.isEmpty {
        let reason = logged == nil ? "" : "metrics.jsonl has no finished epoch; "
        problems.append(reason + "what is shown of epochs comes from the checkpoint")
      }
    }
    self.history = history
    self.problems = problems
  }

  private static func log(in path: String, _ problems: inout [String]) -> RunHistory? {
    do throws(MetricsLogError) {
      guard let history = try RunHistory.read(path + "/metrics.jsonl") else {
        problems.append("metrics.jsonl is missing")
        return nil
      }
      if let line = history.firstUnreadableLine {
        let lines = RunText.count(history.unreadableLines, "line")
        problems.append(
          "metrics.jsonl: \(lines) passed over that cannot be read or go back in time, the first is line \(line)")
      }
      // While a process is at work the last line may be on its way.
      if history.endsCutShort, !RunDirectory.isInUse(path) {
        problems.append("metrics.jsonl: the last line is cut short; a resume mends it")
      }
      return history
    } catch {
      problems.append("\(error)")
      return nil
    }
  }

  private static func config(
    in path: String, checkpoint: NewestCheckpoint?, _ problems: inout [String]
  ) -> RunConfig? {
    do {
      if let checkpoint { return try RunConfig(text: checkpoint.run.config, source: checkpoint.path) }
      return try RunConfig(file: path + "/config.json")
    } catch {
      problems.append("\(error)")
      return nil
    }
  }
}

extension RunHistory {
  /// What a checkpoint remembers of the finished epochs; the log knows more.
  fileprivate static func epochs(of run: RunState) -> [Epoch] {
    guard run.stepsPerEpoch > 0 else { return [] }
    func value(_ row: [Double], _ column: String) -> Double? {
      run.history.columns.firstIndex(of: column).map { row[$0] }.flatMap { $0.isFinite ? $0 : nil }
    }
    return run.history.rows.enumerated().map { index, row in
      let (step, isTooLarge) = (index + 1).multipliedReportingOverflow(by: run.stepsPerEpoch)
      return Epoch(
        epoch: index + 1, step: isTooLarge ? run.step : step, loss: value(row, "trainingLoss"),
        accuracy: value(row, "trainingAccuracy"), evaluatedOn: nil, evaluationLoss: value(row, "evaluationLoss"),
        evaluationAccuracy: value(row, "evaluationAccuracy"), samplesPerSecond: nil, seconds: nil, skippedSteps: 0,
        session: -1)
    }
  }
}

/// Why a path is no run.
public enum SavedRunError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is nothing, or it cannot be reached.
  case missing(path: String, code: Int32)
  /// It is a file.
  case notADirectory(path: String)
  /// The directory holds nothing of a run.
  case noRun(path: String)

  /// One line for the user.
  public var description: String {
    switch self {
    case .missing(let path, let code):
      return
        "cannot read \(path): \(String(cString: strerror(code))); expected a run's directory, as 'lockstep train' makes it"
    case .notADirectory(let path):
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      let parent = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
      return "\(path) is a file, and a run is a directory; did you mean \(parent.isEmpty ? "/" : parent)?"
    case .noRun(let path):
      return "\(path) holds no run: neither a checkpoint nor config.json nor metrics.jsonl"
    }
  }
}
