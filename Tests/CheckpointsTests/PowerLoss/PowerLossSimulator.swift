import Checkpoints

/// Cuts the power after each operation of a trace and looks at every state that may be left.
struct PowerLossSimulator {
  /// What is wrong with a trace.
  struct Violation: Hashable {
    enum Kind: Hashable {
      /// The search found nothing, or something older than what had been reported durable.
      case lost
      /// A file with a checkpoint's name that is not whole.
      case damagedFile
      /// The search found what nobody saved.
      case wrongContent
      /// The next save in this state failed, or did not do what it should.
      case cannotGoOn
      /// A second power cut, during the next start and save, lost what the first one had left.
      case lostInRecovery
    }
    var kind: Kind
    /// Operations before the power cut.
    var operations: Int
    var detail: String
  }

  /// All checkpoints that were saved, in the order of the saves.
  let saved: [Checkpoint]
  let retention: Retention
  /// Whether the power is also cut during the start and the save that follow a power cut.
  let cutsTwice: Bool
  private let directory = TemporaryDirectory(inMemory: true)
  /// What was found in states that were looked at already, so that each is looked at once.
  private var findings: [String: Finding] = [:]
  /// What came of a next save, for the states in which the same files are whole.
  private var nextSaves: [String: [(kind: Violation.Kind, detail: String)]] = [:]
  /// Different states after a second power cut, for each state after the first in which a next save was made.
  private(set) var secondStateCount = 0

  init(saved: [Checkpoint], retention: Retention, cutsTwice: Bool = false) {
    self.saved = saved
    self.retention = retention
    self.cutsTwice = cutsTwice
  }

  private struct Finding {
    /// Number of the newest checkpoint found; −1 where there is none.
    var newest: Int
    var problems: [(kind: Violation.Kind, detail: String)]
  }

  /// Different states that were looked at so far.
  var stateCount: Int { findings.count }
  /// In how many of them a next save was made: where they differ in what is left of damaged files, in one of them.
  var nextSaveCount: Int { nextSaves.count }

  /// Goes through all power cuts of a trace.
  ///
  /// - Parameter limit: states after one cut beyond which the trace is not for this simulator, which leaves none out.
  mutating func violations(of trace: [FileOperation], limit: Int = 100_000) -> Set<Violation> {
    var violations: Set<Violation> = []
    var disk = SimulatedDisk()
    var durable = -1
    for count in 0...trace.count {
      if count > 0 {
        disk.apply(trace[count - 1])
        if case .reportedDurable(let number) = trace[count - 1] { durable = max(durable, number) }
      }
      let states = disk.statesAfterPowerCut()
      precondition(states.count <= limit, "\(states.count) states after one power cut")
      for state in states {
        let finding = finding(in: state)
        for problem in finding.problems {
          violations.insert(Violation(kind: problem.kind, operations: count, detail: problem.detail))
        }
        if finding.newest < durable {
          violations.insert(
            Violation(kind: .lost, operations: count, detail: "found \(finding.newest), \(durable) was durable"))
        }
      }
    }
    return violations
  }

  private mutating func finding(in state: CrashState) -> Finding {
    let identity = state.identity
    if let known = findings[identity] { return known }
    state.materialise(in: directory)
    var finding = Finding(newest: -1, problems: [])
    do {
      finding = try search()
      let problems = try nextSaves[state.outline] ?? problemsOfNextSave(in: state, after: finding.newest)
      nextSaves[state.outline] = problems
      finding.problems += problems
    } catch {
      finding.problems.append((.cannotGoOn, "\(error)"))
    }
    findings[identity] = finding
    return finding
  }

  private func search() throws -> Finding {
    let search = try CheckpointDirectory(directory.path).newestGood()
    var finding = Finding(newest: -1, problems: search.skipped.map { (.damagedFile, $0.description) })
    guard let found = search.found else { return finding }
    if let number = saved.lastIndex(of: found.checkpoint) {
      finding.newest = number
    } else {
      finding.problems.append((.wrongContent, found.path))
    }
    return finding
  }

  // MARK: After the power is back

  private static let next = Fixtures.checkpoint(step: 1_000_000, score: 0)

  /// Starts again as a run does after the power is back, and saves.
  private mutating func problemsOfNextSave(
    in state: CrashState, after newest: Int
  ) throws -> [(kind: Violation.Kind, detail: String)] {
    let damaged = Set(directory.names.filter { (try? CheckpointStore.load(directory.file($0))) == nil })
    let recording = RecordingFileSystem(.unflushed)
    let store = try CheckpointStore(
      directory: directory.path, retention: retention, fileSystem: recording.fileSystem)
    try store.save(Self.next)
    let reports = try store.finish()
    if let problem = try problem(of: reports, store, damaged: damaged, newest: newest) {
      return [(.cannotGoOn, problem)]
    }
    return cutsTwice
      ? try problemsOfSecondCut(state, recording.operations, damaged: damaged, newest: newest)
        .map { (.lostInRecovery, $0) }
      : []
  }

  /// What is wrong with the directory after the next save.
  private func problem(
    of reports: [SavedCheckpoint], _ store: CheckpointStore, damaged: Set<String>, newest: Int
  ) throws -> String? {
    guard reports.map(\.outcome) == [.durable], reports[0].notRemoved.isEmpty else {
      return "the next save: \(reports)"
    }
    guard try store.newestGood().found?.checkpoint == Self.next else { return "the next save is not the newest" }
    let names = directory.names
    guard !names.contains(where: { $0.hasSuffix(".partial") }) else { return "left behind: \(names)" }
    if newest >= 0, retention.keepLast > 1, try store.list().count < 2 { return "the one before is gone: \(names)" }
    let good = names.filter { CheckpointDirectory.step(inName: $0) != nil && !damaged.contains($0) }
    guard good.count <= retention.keepLast + retention.keepBest else { return "too many are kept: \(names)" }
    return nil
  }

  /// Cuts the power after each operation of that start and that save as well.
  private mutating func problemsOfSecondCut(
    _ state: CrashState, _ trace: [FileOperation], damaged: Set<String>, newest: Int
  ) throws -> [String] {
    var disk = SimulatedDisk(state)
    var seen: Set<String> = []
    var problems: [String] = []
    for operation in trace {
      disk.apply(operation)
      for state in disk.statesAfterPowerCut() where seen.insert(state.identity).inserted {
        state.materialise(in: directory)
        let search = try CheckpointDirectory(directory.path).newestGood()
        let found = search.found?.checkpoint
        guard found == Self.next || found.flatMap({ saved.lastIndex(of: $0) }) ?? -1 >= newest,
          search.skipped.allSatisfy({ error in damaged.contains { error.path.hasSuffix("/\($0)") } })
        else {
          problems.append("after \(operation): \(directory.names)")
          continue
        }
      }
    }
    secondStateCount += seen.count
    return problems
  }
}
