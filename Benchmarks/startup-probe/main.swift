// Does what `lockstep train` does up to the end of the first step, and prints how long each part took, in milliseconds as JSON.
//
//   startup-probe CONFIG DIRECTORY SPAWNED
//
// SPAWNED: nanoseconds of the monotonic clock when the process was asked for. `Benchmarks/startup` calls it.

import Datasets
import Foundation
import Settings
import Training

/// Reads the clock at the end of each part.
struct Laps {
  private var last: UInt64
  private(set) var parts: [(name: String, milliseconds: Double)] = []

  init(since start: UInt64) { last = start }

  mutating func end(_ name: String) {
    let now = DispatchTime.now().uptimeNanoseconds
    parts.append((name, Double(now - last) * 1e-6))
    last = now
  }
}

/// Notes the end of the first step, and asks to stop.
final class FirstStep: TrainingObserver {
  private let request: StopRequest
  var laps: Laps

  init(_ request: StopRequest, _ laps: Laps) {
    self.request = request
    self.laps = laps
  }

  func runStarted(_ start: RunStart) {}
  func epochFinished(_ report: EpochReport) {}
  func runEnded(_ end: RunEnd) {}

  func stepFinished(_ report: StepReport) {
    if report.step == 1 { laps.end("first step") }
    request.stop(signal: SIGTERM)
  }
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let spawned = UInt64(arguments[3]) else {
  print("usage: startup-probe CONFIG DIRECTORY SPAWNED")
  exit(64)
}
var laps = Laps(since: spawned)
laps.end("process start")
let environment = ProcessInfo.processInfo.environment
let config = try RunConfig(file: arguments[1])
let machine = try Machine(threads: nil, environment: environment)
laps.end("config")
let data = try config.data.prepare(context: DatasetContext(environment: environment), seed: config.seed)
laps.end("data")
try config.check(data, on: machine)
laps.end("plan")
let directory = try RunDirectory(path: arguments[2], config: config.checkpoint)
try directory.save(config)
laps.end("run directory")
let request = StopRequest()
let observer = FirstStep(request, laps)
let trainer = try Trainer(
  config: config, data: data, directory: directory, machine: machine, observers: [observer], request: request)
observer.laps.end("memory, weights, workers")
_ = try trainer.run()
let parts = observer.laps.parts.map { "\"\($0.name)\": \(String(format: "%.2f", $0.milliseconds))" }
print("{\(parts.joined(separator: ", "))}")
