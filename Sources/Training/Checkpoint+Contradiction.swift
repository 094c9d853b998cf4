import Checkpoints
import Settings

extension Checkpoint {
  /// What a checkpoint says that cannot be true beside the rest of it, in words; nil where all of it fits together.
  ///
  /// A checkpoint that this program wrote never contradicts itself. One that was changed and sealed anew may, and would be reported
  /// on and decided by as if it were true.
  ///
  /// - Parameters:
  ///   - position: where it says that the run is; found to be a position of this run.
  ///   - config: the run's config.
  ///   - samples: samples of an epoch.
  func contradiction(position: RunPosition, config: RunConfig, samples: Int) -> String? {
    let batches = position.step - position.epochsFinished * position.stepsPerEpoch
    if run.seed != config.seed { return "its seed is \(run.seed), and its config's is \(config.seed)" }
    if run.stepsPerEpoch != 0, run.stepsPerEpoch != position.stepsPerEpoch {
      return "it counts \(run.stepsPerEpoch) steps of an epoch that has \(position.stepsPerEpoch)"
    }
    if run.batchesDone != batches {
      return "it counts \(run.batchesDone) minibatches of the epoch that has \(batches)"
    }
    // Steps that are no updates were skipped.
    if optimizer.iterations > run.step { return "its optimizer counts more updates than steps" }
    if run.history.rows.count != run.epoch {
      return
        "its history has \(Counted.text(run.history.rows.count, "epoch")), and \(run.epoch) \(run.epoch == 1 ? "is" : "are") done"
    }
    if let counted = run.epochSums.first?.value, counted > Double(min(batches * config.training.batchSize, samples)) {
      return "its sums are over more samples than were trained since the last epoch"
    }
    return run.contradictionOfBest(stepsPerEpoch: position.stepsPerEpoch, batches: batches)
  }
}

extension RunState {
  /// The same of the best evaluation, which decides what is kept and when to stop.
  fileprivate func contradictionOfBest(stepsPerEpoch: Int, batches: Int) -> String? {
    let column = history.columns.firstIndex(of: "evaluationLoss")
    func evaluation(afterEpoch number: Int) -> Double? { column.map { history.rows[number - 1][$0] } }
    if patience > epoch { return "\(patience) evaluations since the best one are more than the \(epoch) epochs" }
    if let score {
      guard epoch > 0, batches == 0, score.bitPattern == evaluation(afterEpoch: epoch)?.bitPattern else {
        return "its score is not that of its last evaluation"
      }
    }
    guard let best else { return nil }
    let (number, rest) = best.step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    guard best.metric == RunRecord.monitored, rest == 0, number >= 1, number <= epoch,
      best.value.bitPattern == evaluation(afterEpoch: number)?.bitPattern
    else { return "its best evaluation is none of its history" }
    return nil
  }
}
