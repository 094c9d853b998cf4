import ArgumentParser
import Foundation
import Reports
import Training
import Workers

/// What a command computes on.
struct MachineOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
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
    let machine = try Machine.ofProcess(threads: threads)
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
    parsing: .unconditional,
    help: ArgumentHelp(
      "End with exit code 70 where no shard or slice of a step was begun or finished, or a save ended, for so long; 0 to wait for ever.",
      valueName: "seconds"))
  var stallTimeout = Seconds(600)

  /// The time; nil for any.
  var seconds: Double? { stallTimeout.value > 0 ? stallTimeout.value : nil }

  func validate() throws {
    guard stallTimeout.value == 0 || (0.1...1e6).contains(stallTimeout.value) else {
      throw ValidationError("--stall-timeout is \(stallTimeout); expected 0, or 0.1 to 1000000")
    }
  }
}

/// A time on the command line.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
  let value: Double

  init(_ value: Double) { self.value = value }

  init?(argument: String) {
    guard let value = Double(argument) else { return nil }
    self.init(value)
  }

  /// `600`, `0.5`.
  var description: String { value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)" }
}

/// How a training run shows itself.
struct ProgressOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How progress is shown: auto is a bar on a terminal and plain lines elsewhere.", valueName: "mode"))
  var progress: ProgressMode = .auto

  @Flag(name: .shortAndLong, help: "Show nothing but warnings and errors: neither progress nor the summary.")
  var quiet = false

  /// The display to make.
  var mode: ProgressMode { quiet ? .none : progress }
}

extension ProgressMode: ExpressibleByArgument {}
