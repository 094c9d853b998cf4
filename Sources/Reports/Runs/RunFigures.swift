import Checkpoints
import Training

/// A run in a few numbers; nil where the run does not say.
public struct RunFigures: Sendable {
  /// How far a run is.
  public enum Status: Sendable, Equatable {
    /// All epochs are done.
    case finished
    /// Early stopping ended it.
    case stoppedEarly
    /// A process trains it now.
    case training
    /// A resume would go on.
    case unfinished
    /// It ended before its first checkpoint.
    case withoutCheckpoint
    /// It has checkpoints, and none of them can be trusted.
    case damaged
    /// The config cannot be read, so that nobody can say.
    case unknown

    /// In words.
    public var text: String {
      switch self {
      case .finished: "finished"
      case .stoppedEarly: "stopped early"
      case .training: "training"
      case .unfinished: "unfinished"
      case .withoutCheckpoint: "no checkpoint"
      case .damaged: "damaged"
      case .unknown: "unknown"
      }
    }
  }

  /// The config's name, or else that of the directory.
  public var name: String
  /// The directory.
  public var path: String
  public var status: Status
  /// Epochs finished and planned.
  public var epochs: Int
  public var plannedEpochs: Int?
  /// Steps done and planned.
  public var step: Int
  public var plannedSteps: Int?
  /// The last finished epoch, and the one with the lowest evaluated loss.
  public var last: RunHistory.Epoch?
  public var best: RunHistory.Epoch?
  /// All sessions together, in seconds.
  public var seconds: Double?
  /// How often a process took the run up again.
  public var resumes: Int
  public var samplesPerSecond: Double?
  /// Threads of the sessions, each number once.
  public var threads: [Int]
  public var parameters: Int?
  public var seed: UInt64?
  public var instructionSet: String?
  /// Program and version that wrote the checkpoint.
  public var producer: String?

  /// The figures of a run.
  public init(_ run: SavedRun) {
    let (state, history) = (run.checkpoint?.run, run.history)
    let config = run.config
    name = config?.name ?? run.path.split(separator: "/").last.map(String.init) ?? run.path
    path = run.path
    plannedEpochs = config?.training.epochs
    epochs = max(history.epochs.last?.epoch ?? 0, state?.epoch ?? 0)
    step = max(history.lastStep, state?.step ?? 0)
    plannedSteps = plannedEpochs.flatMap { planned in
      guard let steps = state?.stepsPerEpoch, steps > 0 else { return nil }
      let (product, isTooLarge) = steps.multipliedReportingOverflow(by: planned)
      return isTooLarge ? nil : product
    }
    (last, best) = (history.epochs.last, history.best)
    seconds = history.sessions.isEmpty ? nil : history.seconds
    resumes = max(0, history.sessions.count - 1)
    samplesPerSecond = history.samplesPerSecond
    threads = history.threads
    parameters = run.checkpoint?.parameterCount
    seed = state?.seed ?? config?.seed
    (instructionSet, producer) = (state?.instructionSet, state?.producer)
    status = Self.status(run, epochs: state?.epoch)
  }

  private static func status(_ run: SavedRun, epochs: Int?) -> Status {
    if run.isInUse { return .training }
    guard let epochs else { return run.skipped.isEmpty ? .withoutCheckpoint : .damaged }
    guard let config = run.config else { return .unknown }
    if epochs >= config.training.epochs { return .finished }
    let losses = run.history.epochs.map { $0.evaluationLoss ?? .nan }
    if let stopping = config.training.earlyStopping, stopping.endsRun(after: losses) { return .stoppedEarly }
    return .unfinished
  }

  /// `2`, or `2, then 4` where sessions differ; nil where no session says.
  public var threadsText: String? {
    threads.isEmpty ? nil : threads.map { NumberText.grouped($0) }.joined(separator: ", then ")
  }
}
