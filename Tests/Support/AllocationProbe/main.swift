// Trains a config and prints what every step allocated; for the tests.
//
//   allocation-probe CONFIG DIRECTORY THREADS [PATH=VALUE…]
//
// First a line with the allocations of the process up to the first step's end, then one for each later step, except
// the first of an epoch: number of the step, allocations of all threads since the step before. At the end a line
// `evaluation N` for each epoch.
//
//   allocation-probe CONFIG --watched THREADS [PATH=VALUE…]
//
// Trains steps as `lockstep bench` does, with recorders, and prints the allocations of 3 steps and of 13.

import Datasets
import Foundation
import Reports
import Settings
import Training

let arguments = CommandLine.arguments
guard arguments.count >= 4, let threads = Int(arguments[3]) else {
  print("usage: allocation-probe CONFIG DIRECTORY|--watched THREADS [PATH=VALUE…]")
  exit(64)
}
guard let probe = AllocationObserver() else {
  print("LD_PRELOAD does not name the library of Tests/Support/AllocationCounter")
  exit(64)
}
let environment = ProcessInfo.processInfo.environment
let config = try RunConfig(file: arguments[1], overrides: arguments.dropFirst(4).map { try Override($0) })
let machine = try Machine(threads: threads, environment: environment)
if arguments[2] == "--watched" {
  let data = try config.data.prepare(context: DatasetContext(environment: environment), seed: config.seed)
  let subject = try BenchmarkSubject(config: config, data: data, machine: machine)
  _ = try subject.watch(steps: 3)
  for steps in [3, 13] {
    let before = probe.count()
    _ = try subject.watch(steps: steps)
    print(probe.count() - before)
  }
  exit(0)
}
let directory = try RunDirectory(path: arguments[2], config: config.checkpoint)
let data = try config.data.prepare(context: DatasetContext(environment: environment), seed: config.seed)
let log = MetricsLog(everySteps: config.logging.everySteps, metrics: config.training.metrics.map(\.name))
// Displays that have nothing to show before the run's end.
let silent = Terminal(isInteractive: true, usesColor: true, usesUnicode: true, width: { 80 }, write: { _ in })
let displays: [any TrainingObserver] = [
  ProgressBar(terminal: silent, interval: 1e9), PlainProgress(terminal: silent, interval: 1e9),
]
let trainer = try Trainer(
  config: config, data: data, directory: directory, machine: machine,
  observers: [log, TensorBoardLog(config), RunSummary()] + displays + [probe], request: StopRequest())
_ = try trainer.run()
print(probe.untilFirstStep)
for (step, allocations) in probe.steps { print(step, allocations) }
for allocations in probe.evaluations { print("evaluation", allocations) }
