import Checkpoints
import Datasets
import Foundation
import Interchange
import Testing
import Training

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

@Suite("Keras goes on where Lockstep stopped")
struct KerasStepTests {
  /// One step an epoch, of all samples, so that their order says nothing.
  private static func config(_ optimizer: String) throws -> RunConfig {
    try RunConfig(
      text: """
        {"name": "step", "data": {"dataset": "digits", "trainSamples": 40, "testSamples": 10, "normalization": "standard"},
         "model": {"input": [28, 28, 1], "layers": [
           {"type": "conv2d", "filters": 4, "kernel": 5, "stride": 3, "activation": "tanh"}, "flatten",
           {"type": "dense", "units": 10}]},
         "training": {"epochs": 5, "batchSize": 40, "clipNorm": 0.5, "optimizer": \(optimizer)},
         "checkpoint": {"keepLast": 5}}
        """)
  }

  @Test(
    "The next step is the same",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3"),
    arguments: [
      #"{"type": "adam", "learningRate": 0.01}"#,
      #"{"type": "sgd", "learningRate": 0.1, "momentum": 0.9, "nesterov": true, "weightDecay": 0.1}"#,
      #"{"type": "adamW", "learningRate": 0.01, "weightDecay": 0.5}"#,
      #"{"type": "rmsProp", "learningRate": 0.003, "weightDecay": 0.1}"#,
    ])
  func nextStep(optimizer: String) throws {
    let scratch = try Scratch()
    let config = try Self.config(optimizer)
    let machine = try Machine(threads: 1, environment: ProcessInfo.processInfo.environment)
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let trainer = try Trainer(
      config: config, data: data, directory: RunDirectory(path: scratch["run"], config: config.checkpoint),
      machine: machine, observers: [], request: StopRequest())
    _ = try trainer.run()
    let (before, after) = (
      try CheckpointStore.load(scratch["run/step-00000004.weights.h5"]),
      try CheckpointStore.load(scratch["run/step-00000005.weights.h5"])
    )
    let network = try TrainedNetwork(before, path: "step 4", config: config, sampleShape: data.training.shape)
    try scratch.write(network.exported(as: .keras).bytes, to: "step.keras")
    try scratch.write(data.training.images.array().map(Float.init), to: "samples")
    try scratch.write(data.training.labels.array(), to: "labels")
    try scratch.write(after.parameters.flatMap { $0.tensor.array() }, to: "weights")
    _ = try ExportedModelTests.open([
      "step", scratch["step.keras"], "--samples", scratch["samples"], "--labels", scratch["labels"], "--weights",
      scratch["weights"],
    ])
  }
}
