import Checkpoints
import Datasets
import Foundation
import Settings
import Tensors
import Testing
import Training

/// What observers are shown of gradient, parameters and mistakes, and that looking changes nothing.
@Suite("Inspection of the model")
struct InspectionTests {
  /// A convolution, a dense layer whose gradient is deferred, one whose is not; shards that do not divide the batch.
  private static func config(_ training: String = "", everySteps: Int = 1) -> String {
    """
    {
      "name": "inspected", "seed": 3,
      "data": { "dataset": "digits", "trainSamples": 100, "testSamples": 60 },
      "model": { "layers": [
        { "type": "conv2d", "filters": 6, "kernel": 3, "activation": "relu" }, "maxPool2d", "flatten",
        { "type": "dense", "units": 40, "activation": "relu" }, { "type": "dense", "units": 10 }
      ] },
      "training": { "epochs": 3, "batchSize": 32, "shards": 5, "optimizer": "adam"\(training) },
      "logging": { "everySteps": \(everySteps) }
    }
    """
  }

  @Test("the gradient that is shown has the norm that is reported, with and without clipping, on any number of threads")
  func norms() throws {
    let clipped = try Inspected(Self.config(#", "clipNorm": 1e9"#), threads: 1)
    let runs = try [1, 2, 3].map { try Inspected(Self.config(), threads: $0) }
    for run in runs {
      // The same sums in the same order.
      #expect(run.observer.norms == clipped.observer.norms)
      #expect(run.observer.gradients == clipped.observer.gradients)
      #expect(run.observer.norms.count == 12)
    }
    for (step, gradient) in clipped.observer.gradients {
      let norm = gradient.values.joined().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let reported = try #require(clipped.observer.norms[step])
      #expect(abs(norm - reported) <= 1e-12 * reported, "step \(step)")
    }
    #expect(clipped.observer.gradients.keys.sorted() == [4, 8, 12])
  }

  @Test("clipping does not reach the gradient that is shown")
  func clippedGradient() throws {
    let free = try Inspected(Self.config(#", "clipNorm": 1e9"#), threads: 2, epochs: 1)
    let steep = try Inspected(Self.config(#", "clipNorm": 1e-30"#), threads: 2, epochs: 1)
    // Nothing was learnt with a gradient of nearly nothing, so both saw the first one at the first step alone.
    #expect(steep.observer.norms[1] == free.observer.norms[1])
    let reported = try #require(steep.observer.norms[4])
    let shown = try #require(steep.observer.gradients[4])
    let norm = shown.values.joined().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(norm - reported) <= 1e-12 * reported)
  }

  @Test("without clipping, the norm is there on the steps that are logged alone")
  func loggedSteps() throws {
    let run = try Inspected(Self.config(everySteps: 5), threads: 2)
    let all = try Inspected(Self.config(), threads: 2)
    #expect(run.observer.norms.keys.sorted() == [5, 10])
    for (step, norm) in run.observer.norms { #expect(all.observer.norms[step] == norm) }
  }

  @Test("looking changes no bit of the training")
  func bits() throws {
    let seen = try Inspected(Self.config(), threads: 2)
    let unseen = try Inspected(Self.config(everySteps: 1_000_000), threads: 2, looks: false)
    #expect(unseen.observer.norms.isEmpty && unseen.observer.gradients.isEmpty)
    #expect(try seen.digest() == unseen.digest())
  }

  @Test("the parameters that are shown are those of the epoch's checkpoint")
  func parameters() throws {
    let run = try Inspected(Self.config(), threads: 2)
    for step in [4, 8, 12] {
      let checkpoint = try CheckpointStore.load(run.path + "/" + CheckpointDirectory.name(ofStep: step))
      let shown = try #require(run.observer.parameters[step])
      #expect(checkpoint.parameters.map { $0.tensor.array() } == shown)
    }
  }

  @Test("mistakes are those of the evaluation, the surest first, on any number of threads")
  func mistakes() throws {
    let runs = try [1, 3].map { try Inspected(Self.config(), threads: $0) }
    #expect(runs[0].observer.mistakes == runs[1].observer.mistakes)
    for (step, mistakes) in runs[0].observer.mistakes {
      let accuracy = try #require(runs[0].observer.accuracies[step])
      #expect(mistakes.count == min(Watching.mistakes, Int((60 * (1 - accuracy)).rounded())), "step \(step)")
      #expect(mistakes.map(\.confidence) == mistakes.map(\.confidence).sorted(by: >))
      #expect(mistakes.allSatisfy { $0.label != $0.prediction && $0.confidence > 0.1 && $0.confidence <= 1 })
      #expect(mistakes.allSatisfy { Int(runs[0].test.labels.view[$0.index]) == $0.label })
      #expect(Set(mistakes.map(\.index)).count == mistakes.count)
    }
    #expect(runs[0].observer.mistakes.values.contains { !$0.isEmpty }, "without mistakes this shows nothing")
  }

  @Test("an epoch whose last step was done before a stop is shown after the resume, its gradient before")
  func stopped() throws {
    let whole = try Inspected(Self.config(), threads: 2)
    let directory = NSTemporaryDirectory() + "lockstep-inspected-\(UUID().uuidString)"
    let stopped = try Inspected(Self.config(), threads: 1, in: directory, stopsAt: 4)
    #expect(stopped.observer.gradients[4] == whole.observer.gradients[4])
    #expect(stopped.observer.parameters.isEmpty)
    let resumed = try Inspected(Self.config(), threads: 3, in: directory)
    #expect(resumed.observer.gradients.keys.sorted() == [8, 12])
    #expect(resumed.observer.parameters == whole.observer.parameters)
    #expect(resumed.observer.mistakes == whole.observer.mistakes)
  }
}

/// A run that was trained to its end, or to a step, and what was seen of it.
private final class Inspected {
  let path: String
  let observer: Watching
  let test: ImageDataset
  private let isOwner: Bool

  init(
    _ config: String, threads: Int, epochs: Int = 3, looks: Bool = true, in path: String? = nil,
    stopsAt stop: Int? = nil
  ) throws {
    self.path = path ?? NSTemporaryDirectory() + "lockstep-inspected-\(UUID().uuidString)"
    isOwner = path == nil || stop == nil
    let config = try RunConfig(text: config, overrides: [Override("training.epochs=\(epochs)")])
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let request = StopRequest()
    test = data.test
    observer = Watching(looks: looks) { if $0 == stop { request.stop(signal: SIGTERM) } }
    let trainer = try Trainer(
      config: config, data: data, directory: RunDirectory(path: self.path, config: config.checkpoint),
      machine: Machine(threads: threads, environment: [:]), observers: [observer], request: request)
    if let newest = try RunDirectory.newestCheckpoint(in: self.path).found {
      try trainer.restore(newest.checkpoint, from: newest.path)
    }
    _ = try trainer.run()
  }

  deinit {
    if isOwner { try? FileManager.default.removeItem(atPath: path) }
  }

  func digest() throws -> [UInt8]? { try RunDirectory.newestCheckpoint(in: path).found?.checkpoint.digest() }
}

/// Keeps all that it is shown, by step.
private final class Watching: TrainingObserver {
  static let mistakes = 20
  private let looks: Bool
  private let atStep: (Int) -> Void
  private(set) var norms: [Int: Double] = [:]
  private(set) var gradients: [Int: [String: [Float]]] = [:]
  private(set) var parameters: [Int: [[Float]]] = [:]
  private(set) var mistakes: [Int: [Mistake]] = [:]
  private(set) var accuracies: [Int: Double] = [:]

  init(looks: Bool, atStep: @escaping (Int) -> Void) {
    self.looks = looks
    self.atStep = atStep
  }

  func inspectionRequest(epoch: Int) -> InspectionRequest {
    looks ? InspectionRequest(gradient: true, parameters: true, mistakes: Watching.mistakes) : .nothing
  }

  func runStarted(_ start: RunStart) {}
  func stepFinished(_ report: StepReport) {
    if let norm = report.gradientNorm { norms[report.step] = norm }
    atStep(report.step)
  }
  func gradientInspected(_ inspection: GradientInspection) {
    gradients[inspection.step] = Dictionary(
      uniqueKeysWithValues: inspection.tensors.map { ($0.name, $0.values.array()) })
  }
  func epochFinished(_ report: EpochReport) { accuracies[report.step] = report.evaluation["accuracy"] }
  func modelInspected(_ inspection: ModelInspection) {
    parameters[inspection.step] = inspection.parameters.map { $0.values.array() }
    mistakes[inspection.step] = inspection.mistakes
  }
  func runEnded(_ end: RunEnd) {}
}
