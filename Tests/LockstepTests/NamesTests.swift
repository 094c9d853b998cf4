import Lockstep
import Testing

/// An observer of a program's own, as it is written outside: every type that a report brings can be named.
private final class Watcher: TrainingObserver {
  private(set) var start: RunStart?
  private(set) var tensors: [String: Shape] = [:]
  private(set) var worst: Mistake?
  private(set) var best: BestEpoch?

  func runStarted(_ start: RunStart) { self.start = start }
  func stepFinished(_ report: StepReport) {}
  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) { best = end.best }

  func inspectionRequest(epoch: Int) -> InspectionRequest {
    InspectionRequest(gradient: true, parameters: true, mistakes: 1)
  }

  func gradientInspected(_ inspection: GradientInspection) { for tensor in inspection.tensors { see(tensor) } }

  func modelInspected(_ inspection: ModelInspection) {
    for tensor in inspection.parameters { see(tensor) }
    worst = inspection.mistakes.first
  }

  private func see(_ tensor: LentTensor) { tensors[tensor.name] = tensor.shape }
}

@Suite("Names that a program needs")
struct NamesTests {
  @Test func anObserverSeesTheModel() throws {
    let scratch = try Scratch()
    let watcher = Watcher()
    // Nothing is learnt at such a rate, so there are mistakes.
    let config = try Halves.config(further: ["training": ["optimizer": ["learningRate": 1e-9]]])
    try Run(config, in: scratch["run"]).train(observers: [watcher])
    #expect(watcher.start?.samples == 100)
    #expect(watcher.tensors.isEmpty == false)
    #expect(watcher.worst.map { $0.label != $0.prediction } == true)
    #expect(watcher.best != nil)
  }

  @Test func partsOfAConfig() throws {
    let config = try Halves.config()
    let model: ModelConfig = config.model
    let training: TrainingConfig = config.training
    let checkpoint: CheckpointConfig = config.checkpoint
    let logging: LoggingConfig = config.logging
    let stopping: EarlyStopping? = training.earlyStopping
    let clip: GradientClip? = training.clip
    #expect(model.layers.isEmpty == false && training.epochs == 4)
    #expect(checkpoint.keepBest == 1 && logging.everySteps >= 0 && stopping == nil && clip == nil)
  }

  @Test func reportsCanBeMadeByHand() {
    let watcher = Watcher()
    let values = Storage<Float>([1, 2])
    let tensor = LentTensor(name: "dense/bias", shape: [2], values: values.view)
    watcher.gradientInspected(GradientInspection(step: 1, epoch: 1, tensors: [tensor]))
    #expect(watcher.tensors == ["dense/bias": [2]])
    let evaluation = Evaluation(metrics: MetricValues([("loss", 0.5)]), confusion: [[1]], samples: 1)
    #expect(evaluation.metrics["loss"] == 0.5 && evaluation.mistakes == [])
    withExtendedLifetime(values) {}
  }
}
