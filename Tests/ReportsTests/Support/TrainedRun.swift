import Datasets
import Foundation
import Reports
import Settings
import Training

/// A small run on drawn digits with its log, in a directory of its own.
final class TrainedRun {
  let scratch: ScratchDirectory
  let path: String

  /// Trains 3 epochs of 4 steps.
  init(_ overrides: String..., name: String = "run", threads: Int = 2) throws {
    scratch = try ScratchDirectory()
    path = scratch.path + "/" + name
    try train(overrides, threads: threads)
  }

  /// Trains from the newest checkpoint on.
  func train(_ overrides: [String], threads: Int) throws {
    let config = try RunConfig(text: Self.config, overrides: try overrides.map { try Override($0) })
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let directory = try RunDirectory(path: path, config: config.checkpoint)
    let trainer = try Trainer(
      config: config, data: data, directory: directory, machine: Machine(threads: threads, environment: [:]),
      observers: [MetricsLog(everySteps: 1, metrics: ["loss", "accuracy"])], request: StopRequest())
    if let newest = try RunDirectory.newestCheckpoint(in: path).found {
      try trainer.restore(newest.checkpoint, from: newest.path)
    }
    try directory.save(config)
    _ = try trainer.run()
  }

  static var options: RunReportOptions {
    get throws {
      RunReportOptions(
        machine: try Machine(threads: 2, environment: [:]), context: DatasetContext(), profileSeconds: nil,
        madeAt: "2026-03-14 15:09 UTC")
    }
  }

  static let config = """
    {
      "name": "small", "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 60, "testSamples": 200 },
      "model": { "input": [28, 28, 1], "layers": [
        { "type": "conv2d", "filters": 5, "kernel": 5, "stride": 2, "activation": "relu" }, "flatten",
        { "type": "dense", "units": 10 }
      ] },
      "training": { "epochs": 3, "batchSize": 16, "optimizer": { "type": "sgd", "learningRate": 0.01 } },
      "checkpoint": { "keepLast": 2, "keepBest": 1 }
    }
    """
}
