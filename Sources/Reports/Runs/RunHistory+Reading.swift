import Settings

extension RunHistory {
  /// Reads `metrics.jsonl`. Lines that are no rows are counted and passed over, whatever they hold.
  ///
  /// - Returns: nil where there is no such file.
  /// - Throws: `MetricsLogError` where it cannot be read.
  public static func read(_ path: String) throws(MetricsLogError) -> RunHistory? {
    guard var lines = try LineReader(path) else { return nil }
    var history = RunHistory()
    var number = 0
    while let line = try lines.next() {
      number += 1
      if case .cutShort = line {
        history.endsCutShort = true
        break
      }
      let isRow = line.bytes.map { history.take($0) } ?? false
      if !isRow {
        history.unreadableLines += 1
        history.firstUnreadableLine = history.firstUnreadableLine ?? number
      }
    }
    return history
  }

  /// Takes a line in.
  ///
  /// - Returns: whether it is a row, and of a step or epoch behind those before.
  private mutating func take(_ line: [UInt8]) -> Bool {
    guard let position = MetricsFormat.jsonl.position(of: line),
      let row = try? JSONParser.parse(line, file: "row").value
    else { return false }
    switch position.kind {
    case .step: return takeStep(row, position.step, position.epoch)
    case .epoch: return takeEpoch(row, position.step, position.epoch)
    }
  }

  private mutating func takeStep(_ row: JSONValue, _ step: Int, _ epoch: Int) -> Bool {
    guard step > lastStep, epoch >= max(1, (epochs.last?.epoch ?? 0) + 1), epoch >= steps.last?.epoch ?? 1 else {
      return false
    }
    enterSession(row, at: step)
    steps.append(
      Step(
        step: step, epoch: epoch, loss: row.finite("loss"), accuracy: row.finite("accuracy"),
        learningRate: row.finite("learningRate"), gradientNorm: row.finite("gradientNorm"),
        samplesPerSecond: row.finite("samplesPerSecond"), seconds: row.finite("seconds")))
    return true
  }

  private mutating func takeEpoch(_ row: JSONValue, _ step: Int, _ epoch: Int) -> Bool {
    // An epoch's last step has a row of its own, perhaps.
    guard step >= lastStep, step > epochs.last?.step ?? 0, epoch > epochs.last?.epoch ?? 0,
      epoch >= steps.last?.epoch ?? 1
    else { return false }
    enterSession(row, at: step)
    var skippedSteps = 0
    if case .integer(let count)? = row["skippedSteps"] { skippedSteps = max(0, count) }
    var evaluatedOn: String?
    if case .string(let name)? = row["evaluatedOn"] { evaluatedOn = name }
    epochs.append(
      Epoch(
        epoch: epoch, step: step, loss: row.finite("loss"), accuracy: row.finite("accuracy"), evaluatedOn: evaluatedOn,
        evaluationLoss: row.finite("evaluationLoss"), evaluationAccuracy: row.finite("evaluationAccuracy"),
        samplesPerSecond: row.finite("samplesPerSecond"), seconds: row.finite("seconds"), skippedSteps: skippedSteps,
        session: sessions.count - 1))
    return true
  }

  /// The clock of a row tells its session: it runs on within one, and begins anew with the next. So does the number of threads, which a
  /// process writes into the first row of a step, and into those of epochs.
  private mutating func enterSession(_ row: JSONValue, at step: Int) {
    let seconds = max(0, row.finite("seconds") ?? 0)
    var threads: Int?
    if case .integer(let count)? = row["threads"], count > 0 { threads = count }
    let isStep = row["kind"] == .string("step")
    if let last = sessions.last, seconds >= last.seconds, !(isStep && threads != nil) {
      sessions[sessions.count - 1].seconds = seconds
      sessions[sessions.count - 1].lastStep = step
      if last.threads == nil { sessions[sessions.count - 1].threads = threads }
    } else {
      sessions.append(Session(previousStep: lastStep, lastStep: step, threads: threads, seconds: seconds))
    }
  }
}

extension JSONValue {
  /// The finite number of an object's key.
  fileprivate func finite(_ key: String) -> Double? {
    switch self[key] {
    case .integer(let value): Double(value)
    case .number(let value): value.isFinite ? value : nil
    default: nil
    }
  }
}
