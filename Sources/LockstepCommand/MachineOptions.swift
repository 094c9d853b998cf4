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

/// How long a training run waits for itself.
struct WatchdogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "End with exit code 70 where no shard or slice of a step was begun or finished, or a save ended, for so long; 0 to wait for ever.",
      valueName: "seconds"))
  var stallTimeout = 600.0

  /// The time; nil for any.
  var seconds: Double? { stallTimeout > 0 ? stallTimeout : nil }

  func validate() throws {
    guard stallTimeout == 0 || (0.1...1e6).contains(stallTimeout) else {
      throw ValidationError("--stall-timeout is \(stallTimeout); expected 0, or 0.1 to 1000000")
    }
  }
}

/// How a training run shows itself.
struct ProgressOptions: ParsableArguments {
  @Option(help: "How progress is shown: auto (a bar on a terminal, plain lines elsewhere), bar, plain or none.")
  var progress: ProgressMode = .auto
}

extension ProgressMode: ExpressibleByArgument {}
