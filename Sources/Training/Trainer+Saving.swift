import Checkpoints

/// The trainer's side of saving: when, what, and what becomes of a failure.
extension Trainer {
  /// Saves where the config or somebody asks for it.
  func saveIfDue() throws {
    // A save that falls on an epoch's last step waits for the evaluation, which belongs to it.
    guard !position.awaitsEvaluation else { return }
    try attempt { announce(try saver.takeReports()) }
    // Taken in any case: a save that is due as well answers the request.
    let isAskedFor = request.takeSaveRequest()
    guard saver.isDue(position) || isAskedFor else { return }
    let start = stopwatch.seconds
    defer { stopwatch.add(to: \.saving, since: start) }
    // The save before may have failed only now.
    if try !attempt({ try save() }), saver.lastPosition != position { try attempt { try save() } }
  }

  /// Does a part of a save. A failure is told, and the run goes on, where the config says so.
  ///
  /// - Returns: whether it succeeded.
  @discardableResult
  func attempt(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return true
    } catch {
      // Not a failed write but a state that may not be saved, or a directory that is not ours any more.
      guard config.checkpoint.onFailure == .goOn, !(error is TrainingError) else { throw error }
      saver.forgetLast()
      let failure = SaveFailure(step: position.step, reason: "\(error)")
      for observer in observers { observer.saveFailed(failure) }
      return false
    }
  }

  /// Hands a snapshot of this step's state to the disk.
  func save() throws {
    engine.pulse.enter(.save)
    defer { engine.pulse.enter(.none) }
    try directory.checkLock()
    // A resume takes the newest checkpoint; one that cannot go on may not become it.
    if let what = engine.model.nonFinite(network) {
      throw TrainingError.notFinite(what: what, step: position.step)
    }
    let preparations = try observers.compactMap { try $0.checkpointWillBeSaved(step: position.step) }
    try saver.save(snapshot(), position: position, after: preparations)
  }

  /// Waits until everything is on the disk.
  func finishSaves() throws(WriteError) -> [CheckpointReport] {
    engine.pulse.enter(.save)
    defer { engine.pulse.enter(.none) }
    return try saver.finish()
  }

  /// Tells the observers.
  func announce(_ reports: [CheckpointReport]) {
    for report in reports {
      for observer in observers { observer.checkpointSaved(report) }
    }
  }

  /// A copy of everything that a resume needs.
  private func snapshot() -> Checkpoint {
    Checkpoint(
      parameters: engine.model.parameterSnapshot(network.parameters),
      optimizer: engine.model.optimizerSnapshot(network.parameters, optimizer: config.training.optimizer, rate: rate),
      run: record.runState(config: config, data: data, kernels: network.kernels, position: position))
  }
}
