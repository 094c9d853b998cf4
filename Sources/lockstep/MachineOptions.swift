import ArgumentParser
import Foundation
import Reports
import Training
import Workers

/// What a command computes on.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Worker threads; by default one for each processor that affinity and cgroup quota allow. Does not change the result.",
      valueName: "n"))
  var threads: Int?

  func validate() throws {
    guard let threads else { return }
    guard (1...WorkerPool.largestWorkerCount).contains(threads) else {
      throw ValidationError("--threads is \(threads); expected 1 to \(WorkerPool.largestWorkerCount)")
    }
  }

  /// The machine, after saying so where threads outnumber processors.
  func machine() throws -> Machine {
    let machine = try Machine(threads: threads, environment: ProcessInfo.processInfo.environment)
    MachineOptions.warn(of: machine)
    return machine
  }

  /// Says so where threads outnumber processors.
  static func warn(of machine: Machine) {
    guard machine.threads > machine.processors else { return }
    Console.error(
      "lockstep: \(machine.threads) threads on \(machine.processors) processors: the same result, but no faster")
  }
}

/// How a training run shows itself.
struct ProgressOptions: ParsableArguments {
  @Option(help: "How progress is shown: auto (a bar on a terminal, plain lines elsewhere), bar, plain or none.")
  var progress: ProgressMode = .auto
}

extension ProgressMode: ExpressibleByArgument {}
