/// Somebody who watches a run: a progress bar, a log. All calls come from the training thread, in order.
public protocol TrainingObserver: AnyObject {
  /// Before the first step, when the run directory exists.
  ///
  /// - Throws: any error, for example a log that cannot be opened; the run ends before it began.
  func runStarted(_ start: RunStart) throws
  /// After every step. Part of the hot path: must not allocate unless it has something to show or write.
  func stepFinished(_ report: StepReport)
  /// After a step whose loss or gradient was not finite and whose update was therefore left out; `stepFinished` follows.
  func stepSkipped(_ report: SkippedStep)
  /// After the last step of an epoch, before its evaluation.
  ///
  /// - Parameter epoch: from 1.
  func evaluationStarted(epoch: Int)
  /// After the last step of an epoch and its evaluation.
  func epochFinished(_ report: EpochReport)
  /// What this observer wants to be shown at the end of an epoch, from 1. Looking takes time and memory, so most epochs go unseen.
  func inspectionRequest(epoch: Int) -> InspectionRequest
  /// After `stepFinished` of the epoch's last step, where the gradient was asked for and the step was not skipped.
  func gradientInspected(_ inspection: GradientInspection)
  /// After `epochFinished`, where anything was asked for.
  func modelInspected(_ inspection: ModelInspection)
  /// Before a checkpoint of the state after `step` is handed to the disk. Whatever was observed up to here must be durable before the
  /// checkpoint is, because a resume will not report it again.
  ///
  /// - Returns: what makes it so and may take its time: it is called on the saving queue, before the checkpoint is written.
  /// - Throws: any error, and so may what is returned; it is that of a failed save.
  func checkpointWillBeSaved(step: Int) throws -> (@Sendable () throws -> Void)?
  /// After a checkpoint has become durable.
  func checkpointSaved(_ report: CheckpointReport)
  /// After a save that failed, where the config lets the run go on.
  func saveFailed(_ failure: SaveFailure)
  /// After the last step, whatever ended the run.
  func runEnded(_ end: RunEnd)
}

extension TrainingObserver {
  /// Nothing to do.
  public func stepSkipped(_ report: SkippedStep) {}
  /// Nothing.
  public func inspectionRequest(epoch: Int) -> InspectionRequest { .nothing }
  /// Nothing to do.
  public func gradientInspected(_ inspection: GradientInspection) {}
  /// Nothing to do.
  public func modelInspected(_ inspection: ModelInspection) {}
  /// Nothing to do.
  public func evaluationStarted(epoch: Int) {}
  /// Nothing to do.
  public func checkpointWillBeSaved(step: Int) throws -> (@Sendable () throws -> Void)? { nil }
  /// Nothing to do.
  public func checkpointSaved(_ report: CheckpointReport) {}
  /// Nothing to do.
  public func saveFailed(_ failure: SaveFailure) {}
}
