import Checkpoints
import Foundation
import Training

extension Service {
  /// Loads a checkpoint and makes what answers for it.
  static func make(
    _ settings: ServeSettings, state: ServerState, machine: Machine, report: (String) -> Void
  ) throws -> (Service, NamedCheckpoint) {
    let named = try NamedCheckpoint(settings.checkpoint)
    for reason in named.skipped { report("passed over: \(reason)") }
    let run = try run(settings, directory: named.directory)
    let model = try ServedModel(named.checkpoint, path: named.path, machine: machine)
    let service = Service(
      predictions: PredictionQueue(model), metrics: ServerMetrics(), state: state, limits: settings.limits,
      hosts: HostCheck(names: settings.hosts), origins: settings.origins, run: run)
    return (service, named)
  }

  private static func run(_ settings: ServeSettings, directory: String) throws(ServeError) -> String? {
    if let run = settings.run {
      guard SystemCalls.isDirectory(run) else {
        throw .noRun(path: run, isThere: FileManager.default.fileExists(atPath: run))
      }
      return run
    }
    return FileManager.default.fileExists(atPath: directory + "/metrics.jsonl") ? directory : nil
  }
}
