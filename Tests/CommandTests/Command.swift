import Foundation
import Testing

/// The built `lockstep` program, run as its users run it; or another one that was built beside it.
struct Command {
  /// What came of a run of the program.
  struct Result {
    let output: String
    let error: String
    /// The exit code, or 128 plus the signal's number, as shells count.
    let status: Int32
  }

  /// Where the program runs: relative paths start here.
  let directory: URL
  var environment: [String: String] = [:]
  var program: URL

  /// A fresh directory, removed by `remove`.
  init(_ program: String = "lockstep") throws {
    self.program = Command.folder.appendingPathComponent(program)
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: directory) }

  /// The test bundle lies beside the programs.
  private static let folder: URL = {
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let candidates = [
      bundle.deletingLastPathComponent(), URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
    ]
    let folders = candidates.filter {
      FileManager.default.isExecutableFile(atPath: $0.appendingPathComponent("lockstep").path)
    }
    guard let folder = folders.first else {
      fatalError("the lockstep program is not beside the tests: \(candidates.map(\.path))")
    }
    return folder
  }()

  /// Starts the program.
  func start(_ arguments: [String], output: URL, error: URL) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = directory
    var environment = ProcessInfo.processInfo.environment
    environment["LOCKSTEP_DATA"] = nil
    environment.merge(self.environment) { $1 }
    process.environment = environment
    for url in [output, error] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: error)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - limit: seconds after which the program is taken to hang: it is killed, and its status is 137.
  ///   - interrupt: called with the running process, to send it a signal.
  func run(
    _ arguments: [String], limit: Double = 300, interrupt: (Process) -> Void = { _ in }
  ) throws -> Result {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-io-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let (output, error) = (scratch.appendingPathComponent("output"), scratch.appendingPathComponent("error"))
    let process = try start(arguments, output: output, error: error)
    let number = process.processIdentifier
    let hang = DispatchWorkItem { kill(number, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: hang)
    interrupt(process)
    process.waitUntilExit()
    hang.cancel()
    let status =
      process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    return Result(
      output: try String(contentsOf: output, encoding: .utf8), error: try String(contentsOf: error, encoding: .utf8),
      status: status)
  }

  /// Runs a shell script in the directory, with the program as `$LOCKSTEP`, and keeps what it writes.
  func output(ofShell script: String, limit: Double = 300) throws -> Result {
    var shell = self
    shell.program = URL(fileURLWithPath: "/bin/sh")
    shell.environment["LOCKSTEP"] = program.path
    return try shell.run(["-c", script], limit: limit)
  }

  /// Writes a file into the directory and returns its name.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file of any bytes into the directory and returns its name.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = directory.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return name
  }

  /// The bytes of a file of the directory.
  func bytes(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: directory.appendingPathComponent(name)))
  }

  /// Changes the bytes of a file of the directory.
  func edit(_ name: String, _ change: (inout [UInt8]) throws -> Void) throws {
    var content = try bytes(of: name)
    try change(&content)
    try write(content, to: name)
  }

  /// The text of a file of the directory.
  func read(_ name: String) throws -> String {
    try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
  }

  /// Names of the files in a folder of the directory.
  func files(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.appendingPathComponent(folder).path).sorted()
  }

  /// `inspect --digest` of a run.
  func digest(of run: String) throws -> String {
    let result = try self.run(["inspect", run, "--digest"])
    #expect(result.status == 0, "\(result.error)")
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
