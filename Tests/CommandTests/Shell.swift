import Foundation

extension Command {
  /// Runs a script of the shell in the directory, with the program as `$LOCKSTEP`, and returns its exit code.
  @discardableResult
  func shell(_ script: String) throws -> Int32 {
    let process = try start("/bin/sh", ["-c", script])
    process.waitUntilExit()
    return Command.status(of: process)
  }

  /// Starts any program in the directory, with nothing to read and nobody who reads. It is killed after two minutes.
  func start(_ path: String, _ arguments: [String], terminal: FileHandle? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = directory
    var environment = ProcessInfo.processInfo.environment
    environment["LOCKSTEP_DATA"] = nil
    environment["LOCKSTEP"] = program.path
    process.environment = environment.merging(self.environment) { $1 }
    process.standardInput = terminal ?? FileHandle.nullDevice
    process.standardOutput = terminal ?? FileHandle.nullDevice
    process.standardError = terminal ?? FileHandle.nullDevice
    try process.run()
    DispatchQueue.global().asyncAfter(deadline: .now() + 120) { [weak process] in
      if let process, process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    return process
  }

  /// The exit code, or 128 plus the signal's number.
  static func status(of process: Process) -> Int32 {
    process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
  }

  /// Waits until a condition holds, as long as a process runs.
  static func wait(while process: Process, until condition: () -> Bool) {
    while process.isRunning, !condition() { usleep(1_000) }
  }

  /// Rows of a run's log: how far it is, measured in other things than seconds.
  func rows(of run: String) -> Int {
    ((try? bytes(of: "\(run)/metrics.jsonl")) ?? []).count { $0 == UInt8(ascii: "\n") }
  }

  /// A checkpoint of the run's, that is there and good.
  func expectGood(_ run: String) throws -> Bool { try self.run(["inspect", run, "--verify"]).status == 0 }
}
