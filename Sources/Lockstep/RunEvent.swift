import Reports
import Settings
import Training

/// Something that happened to a run. As text it is a line for people.
public enum RunEvent: Sendable {
  /// Before the first step.
  case started(RunStart)
  /// A step, where steps were asked for.
  case step(StepReport)
  /// An epoch and its evaluation.
  case epoch(EpochReport, of: Int)
  /// A checkpoint that is on the disk.
  case saved(CheckpointReport)
  /// What did not go as it should, without ending the run.
  case warning(String)
  /// The last one.
  case ended(RunEnd)
}

extension RunEvent: CustomStringConvertible {
  /// A line: `epoch 3/12  loss 0.0612  accuracy 98.12 %  test loss 0.0401  test accuracy 98.71 %`, for example.
  public var description: String {
    switch self {
    case .started(let start):
      let place = start.firstStep == 0 ? "" : ", from step \(start.firstStep)"
      return "\(start.name): \(Counted.text(start.samples, "sample")), \(Counted.text(start.parameters, "parameter")), "
        + "\(Counted.text(start.threads, "thread")), "
        + "\(start.instructionSet)\(place)"
    case .step(let step):
      return "step \(step.step)  \(MetricText.labelled("loss", step.loss))"
    case .epoch(let epoch, let epochs): return RunEvent.text(epoch, of: epochs)
    case .saved(let checkpoint): return "saved \(checkpoint.path)"
    case .warning(let message): return "warning: \(message)"
    case .ended(let end):
      switch end.reason {
      case .finished: return "finished after step \(end.step)"
      case .stoppedEarly: return "stopped early after step \(end.step)"
      case .stopped(let signal): return "stopped by \(signal) after step \(end.step)"
      case .failed: return "failed after step \(end.step)"
      }
    }
  }
}

extension RunEvent {
  private static func text(_ epoch: EpochReport, of epochs: Int) -> String {
    let training = epoch.training.values.map { MetricText.labelled($0.name, $0.value) }
    let evaluation = epoch.evaluation.values.map {
      "\(epoch.evaluatedOn) \(MetricText.labelled($0.name, $0.value))"
    }
    return (["epoch \(epoch.epoch)/\(epochs)"] + training + evaluation).joined(separator: "  ")
  }
}

/// Makes events of what an observer is told.
final class EventReporter: TrainingObserver {
  private let everySteps: Int?
  private let report: (RunEvent) -> Void
  private var epochs = 0

  /// - Parameter everySteps: steps between two events of a step; nil, or less than 1, for none.
  init(everySteps: Int?, _ report: @escaping (RunEvent) -> Void) {
    self.everySteps = everySteps.flatMap { $0 > 0 ? $0 : nil }
    self.report = report
  }

  func runStarted(_ start: RunStart) {
    epochs = start.epochs
    report(.started(start))
  }

  func stepFinished(_ step: StepReport) {
    guard let everySteps, step.step.isMultiple(of: everySteps) else { return }
    report(.step(step))
  }

  func stepSkipped(_ skipped: SkippedStep) {
    report(.warning("step \(skipped.step): \(skipped.cause) is not a finite number; its update is skipped"))
  }

  func epochFinished(_ epoch: EpochReport) { report(.epoch(epoch, of: epochs)) }

  func checkpointSaved(_ checkpoint: CheckpointReport) {
    report(.saved(checkpoint))
    for warning in checkpoint.warnings { report(.warning(warning)) }
  }

  func saveFailed(_ failure: SaveFailure) {
    report(.warning("step \(failure.step): \(failure.reason); training goes on"))
  }

  func runEnded(_ end: RunEnd) { report(.ended(end)) }
}
