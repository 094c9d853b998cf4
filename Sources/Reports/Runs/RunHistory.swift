/// What a run's log says, from its first row to its last, over all its resumes.
public struct RunHistory: Sendable, Equatable {
  /// A row of a step.
  public struct Step: Sendable, Equatable {
    /// Steps done, and the epoch of this one, from 1.
    public var step: Int
    public var epoch: Int
    /// Of the step's minibatch; nil where the log has no number.
    public var loss: Double?
    public var accuracy: Double?
    /// Of its update.
    public var learningRate: Double?
    /// Before clipping.
    public var gradientNorm: Double?
    /// Since the row before.
    public var samplesPerSecond: Double?
    /// Since its session began.
    public var seconds: Double?

    /// Creates a row.
    package init(
      step: Int, epoch: Int, loss: Double? = nil, accuracy: Double? = nil, learningRate: Double? = nil,
      gradientNorm: Double? = nil, samplesPerSecond: Double? = nil, seconds: Double? = nil
    ) {
      self.step = step
      self.epoch = epoch
      self.loss = loss
      self.accuracy = accuracy
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.samplesPerSecond = samplesPerSecond
      self.seconds = seconds
    }
  }

  /// A row of an epoch.
  public struct Epoch: Sendable, Equatable {
    /// The epoch, from 1, and steps done at its end.
    public var epoch: Int
    public var step: Int
    /// Over its minibatches, each before its update.
    public var loss: Double?
    public var accuracy: Double?
    /// What was evaluated after it: `test` or `validation`.
    public var evaluatedOn: String?
    public var evaluationLoss: Double?
    public var evaluationAccuracy: Double?
    /// While it trained.
    public var samplesPerSecond: Double?
    /// Since its session began.
    public var seconds: Double?
    /// Steps whose update was left out since the run began.
    public var skippedSteps: Int
    /// The session that finished it, an index into `sessions`.
    public var session: Int

    /// Creates a row.
    package init(
      epoch: Int, step: Int, loss: Double? = nil, accuracy: Double? = nil, evaluatedOn: String? = nil,
      evaluationLoss: Double? = nil, evaluationAccuracy: Double? = nil, samplesPerSecond: Double? = nil,
      seconds: Double? = nil, skippedSteps: Int = 0, session: Int
    ) {
      self.epoch = epoch
      self.step = step
      self.loss = loss
      self.accuracy = accuracy
      self.evaluatedOn = evaluatedOn
      self.evaluationLoss = evaluationLoss
      self.evaluationAccuracy = evaluationAccuracy
      self.samplesPerSecond = samplesPerSecond
      self.seconds = seconds
      self.skippedSteps = skippedSteps
      self.session = session
    }
  }

  /// What one process did, from the begin of the run or a resume on.
  public struct Session: Sendable, Equatable {
    /// Steps of the last row before it; the session began there or a little later.
    public var previousStep: Int
    /// Steps of its last row.
    public var lastStep: Int
    /// Worker threads; nil in logs of versions that did not write them down.
    public var threads: Int?
    /// From its begin to its last row.
    public var seconds: Double

    /// Creates a session.
    package init(previousStep: Int, lastStep: Int, threads: Int?, seconds: Double) {
      self.previousStep = previousStep
      self.lastStep = lastStep
      self.threads = threads
      self.seconds = seconds
    }
  }

  /// Rows of steps, in order.
  public var steps: [Step] = []
  /// Rows of epochs, in order.
  public var epochs: [Epoch] = []
  /// The processes that the rows come from. One that wrote no row that was kept is not among them.
  public var sessions: [Session] = []
  /// Lines that are no rows, and were passed over; the first of them, from 1.
  public var unreadableLines = 0
  public var firstUnreadableLine: Int?
  /// Whether the last line is cut short, as a process leaves it that was killed.
  public var endsCutShort = false

  /// A log without rows.
  public init() {}

  /// Whether there is nothing to show.
  public var isEmpty: Bool { steps.isEmpty && epochs.isEmpty }

  /// Seconds of all sessions, each up to its last row.
  public var seconds: Double { sessions.reduce(0) { $0 + $1.seconds } }

  /// Seconds from the run's begin to an epoch's row, as far as sessions are known.
  func secondsUpTo(_ epoch: Epoch) -> Double? {
    guard let seconds = epoch.seconds, sessions.indices.contains(epoch.session) else { return nil }
    return sessions[..<epoch.session].reduce(seconds) { $0 + $1.seconds }
  }

  /// Steps of the last row.
  public var lastStep: Int { max(steps.last?.step ?? 0, epochs.last?.step ?? 0) }

  /// The epoch with the lowest loss on what was evaluated, the first of equals; nil without evaluations.
  public var best: Epoch? {
    epochs.filter { $0.evaluationLoss != nil }.min { ($0.evaluationLoss ?? 0) < ($1.evaluationLoss ?? 0) }
  }

  /// The numbers of threads that are known, each once, in the order of their sessions.
  public var threads: [Int] {
    sessions.compactMap(\.threads).reduce(into: []) { known, threads in
      if !known.contains(threads) { known.append(threads) }
    }
  }

  /// The median rate of the epochs, or of the steps where no epoch is done.
  public var samplesPerSecond: Double? {
    let epochs = epochs.compactMap(\.samplesPerSecond)
    let rates = (epochs.isEmpty ? steps.compactMap(\.samplesPerSecond) : epochs).sorted()
    guard !rates.isEmpty else { return nil }
    // Of an even number the two in the middle count alike; of an odd one these are the same.
    return (rates[(rates.count - 1) / 2] + rates[rates.count / 2]) / 2
  }
}
