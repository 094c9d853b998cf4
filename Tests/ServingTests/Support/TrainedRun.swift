import Checkpoints
import Datasets
import Foundation
import Reports
import Serving
import Training

/// A run of a few steps, in a directory that is removed with it.
final class TrainedRun: Sendable {
  let path = NSTemporaryDirectory() + "lockstep-serving-\(UUID().uuidString)"

  /// - Parameter layers: of the config.
  init(layers: String = TrainedRun.convolution, input: String? = nil, data: String = TrainedRun.digits) throws {
    let config = try RunConfig(text: TrainedRun.config(layers: layers, input: input, data: data))
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let directory = try RunDirectory(path: path, config: config.checkpoint)
    try directory.save(config)
    _ = try Trainer(
      config: config, data: data, directory: directory, machine: TrainedRun.machine,
      observers: [MetricsLog(everySteps: 1, metrics: [])], request: StopRequest()
    ).run()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func config(layers: String, input: String? = nil, data: String) -> String {
    """
    {
      "name": "served", "seed": 5, "data": \(data),
      "model": { \(input.map { "\"input\": \($0), " } ?? "")"layers": \(layers) },
      "training": { "epochs": 2, "batchSize": 24, "optimizer": "adam" }, "logging": { "everySteps": 1 }
    }
    """
  }

  /// One of its checkpoints: there is one of step 4 and one of step 8.
  func checkpoint(step: Int) throws -> Checkpoint {
    try CheckpointStore.load(path + "/step-0000000\(step).weights.h5")
  }

  static let digits = #"{ "dataset": "digits", "trainSamples": 96, "testSamples": 40 }"#

  static let convolution = """
    [
      { "type": "conv2d", "filters": 4, "kernel": 3, "activation": "relu" }, { "type": "maxPool2d", "size": 2 },
      { "type": "conv2d", "filters": 6, "kernel": 3, "activation": "relu" }, { "type": "maxPool2d", "size": 2 },
      "flatten", { "type": "dense", "units": 10 }
    ]
    """

  static var machine: Machine {
    get throws { try Machine(threads: 2, environment: [:]) }
  }

  func service(_ change: (inout ServeSettings) -> Void = { _ in }) throws -> OfflineService {
    var settings = ServeSettings(checkpoint: path)
    change(&settings)
    return try OfflineService(settings, machine: TrainedRun.machine)
  }
}
