import Foundation
import Testing

/// What the outside does to a run: signals, pipes that close, terminals that go away. Each ends with a documented exit code and a good
/// checkpoint, and what goes on from there has the bits of a run that nobody disturbed.
@Suite("Signals and terminals")
struct SignalTests {
  /// What a run is busy with most of the time, so that this is where a signal meets it.
  enum Moment: String, CaseIterable, Sendable {
    case step, save, evaluation

    var settings: [String] {
      switch self {
      case .step: ["training.epochs=1500", "checkpoint.everyEpochs=0"]
      case .save: ["training.epochs=25", "checkpoint.everySteps=1"]
      case .evaluation: ["training.epochs=100", "checkpoint.everyEpochs=0", "data.testSamples=3000"]
      }
    }
  }

  /// - Parameter stallTimeout: so that a step that hangs says so.
  private static func arguments(_ moment: Moment, run: String, stallTimeout: Int = 60) -> [String] {
    ["train", "c.json", "--run", run, "--progress", "none", "--resume", "--stall-timeout", "\(stallTimeout)"]
      + moment.settings.flatMap { ["--set", $0] }
  }

  private static func prepared() throws -> Command {
    let command = try Command()
    try command.write(SmallConfigs.linear, to: "c.json")
    return command
  }

  /// Goes on and compares with a run that nobody disturbed.
  private static func expectSameBits(_ command: Command, _ moment: Moment) throws {
    #expect(try command.expectGood("run"))
    let rest = try command.run(arguments(moment, run: "run"))
    #expect(rest.status == 0, "\(rest.error)")
    let whole = try command.run(arguments(moment, run: "whole"))
    #expect(whole.status == 0, "\(whole.error)")
    #expect(try command.digest(of: "run") == command.digest(of: "whole"))
  }

  @Test(
    "a signal that ends the run",
    arguments: Moment.allCases.flatMap { [($0, SIGINT), ($0, SIGTERM)] } + [(.step, SIGHUP), (.save, SIGXCPU)])
  func ends(moment: Moment, signal: Int32) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let result = try command.run(Self.arguments(moment, run: "run")) { process in
      Command.wait(while: process) { command.rows(of: "run") >= 3 }
      kill(process.processIdentifier, signal)
    }
    try #require(result.status == 75, "\(result.error)")
    try Self.expectSameBits(command, moment)
  }

  @Test("SIGTERM twice ends as once", arguments: Moment.allCases)
  func twice(moment: Moment) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let result = try command.run(Self.arguments(moment, run: "run")) { process in
      Command.wait(while: process) { command.rows(of: "run") >= 3 }
      for _ in 0..<2 { kill(process.processIdentifier, SIGTERM) }
    }
    try #require(result.status == 75, "\(result.error)")
    try Self.expectSameBits(command, moment)
  }

  @Test("a second Ctrl-C ends the process in the middle of a step")
  func secondInterrupt() throws {
    let command = try Command()
    defer { command.remove() }
    // A step of some seconds, so that both come into it.
    try command.write(
      """
      { "data": { "dataset": "digits", "trainSamples": 4000, "testSamples": 20 },
        "model": { "layers": [ { "type": "conv2d", "filters": 64, "kernel": 5 }, { "type": "conv2d", "filters": 128, "kernel": 5 },
          "globalAveragePool2d", { "type": "dense", "units": 10 } ] },
        "training": { "epochs": 1, "batchSize": 4000, "optimizer": "sgd" } }
      """, to: "c.json")
    let result = try command.run(["train", "c.json", "--run", "run", "--progress", "plain"]) { process in
      Command.wait(while: process) { (try? command.bytes(of: "run/config.json")) != nil }
      usleep(200_000)
      kill(process.processIdentifier, SIGINT)
      usleep(300_000)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(result.status == 130)
    #expect(result.error.contains("ended at once"), "\(result.error)")
    #expect(try command.files(in: "run").allSatisfy { !$0.hasSuffix(".h5") && !$0.hasSuffix(".partial") })
  }

  @Test("SIGUSR1 saves and changes nothing, however often", arguments: Moment.allCases)
  func saves(moment: Moment) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let result = try command.run(Self.arguments(moment, run: "run")) { process in
      for row in 1...20 {
        Command.wait(while: process) { command.rows(of: "run") >= row }
        kill(process.processIdentifier, SIGUSR1)
      }
    }
    #expect(result.status == 0, "\(result.error)")
    try Self.expectSameBits(command, moment)
  }

  @Test("a run that was suspended goes on", arguments: Moment.allCases)
  func suspended(moment: Moment) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let result = try command.run(Self.arguments(moment, run: "run", stallTimeout: 1)) { process in
      Command.wait(while: process) { command.rows(of: "run") >= 3 }
      let number = process.processIdentifier
      // SIGTSTP, Ctrl-Z's, stops nobody without a shell that could let him go on.
      kill(number, SIGTSTP)
      usleep(50_000)
      if !Self.isStopped(number) { kill(number, SIGSTOP) }
      // Longer than the watchdog waits: it must not take this for a step that does not end.
      usleep(1_500_000)
      #expect(Self.isStopped(number))
      kill(number, SIGCONT)
    }
    #expect(result.status == 0, "\(result.error)")
    try Self.expectSameBits(command, moment)
  }

  private static func isStopped(_ process: Int32) -> Bool {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    return stat.split(separator: ")").last?.split(separator: " ").first == "T"
  }

  @Test("a reader of the output or the progress that goes away", arguments: ["", "2>&1 >/dev/null"])
  func pipe(redirection: String) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let options = Moment.step.settings.map { "--set \($0)" }.joined(separator: " ")
    try command.shell(
      "{ env --default-signal \"$LOCKSTEP\" train c.json --run run --progress bar \(options) \(redirection); echo $? >status; } | head -c 1"
    )
    #expect(try command.read("status") == "0\n")
    try Self.expectSameBits(command, .step)
  }

  @Test("SIGHUP that was ignored when the run started, as by nohup")
  func nohup() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let options = Moment.step.settings.flatMap { ["--set", $0] }
    let process = try command.start(
      "/bin/sh", ["-c", "trap '' HUP; exec \"$LOCKSTEP\" \"$@\"", "sh", "train", "c.json", "--run", "run"] + options)
    Command.wait(while: process) { command.rows(of: "run") >= 3 }
    kill(process.processIdentifier, SIGHUP)
    process.waitUntilExit()
    #expect(Command.status(of: process) == 0)
    try Self.expectSameBits(command, .step)
  }

  @Test("a terminal that is closed")
  func closedTerminal() throws {
    let setsid = "/usr/bin/setsid"
    guard FileManager.default.isExecutableFile(atPath: setsid) else {
      print("skipped: no \(setsid), which gives a process a terminal")
      return
    }
    let command = try Self.prepared()
    defer { command.remove() }
    let main = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (number, locked) = (Int32(0), Int32(0))
    // TIOCGPTN and TIOCSPTLCK: Swift imports neither these nor `ptsname`.
    try #require(main >= 0 && ioctl(main, 0x8004_5430, &number) == 0 && ioctl(main, 0x4004_5431, &locked) == 0)
    let terminal = FileHandle(fileDescriptor: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), closeOnDealloc: true)
    let options = Moment.step.settings.flatMap { ["--set", $0] } + ["--set", "training.epochs=1000000"]
    let process = try command.start(
      setsid,
      ["--ctty", "--wait", command.program.path, "train", "c.json", "--run", "run", "--progress", "plain"] + options,
      terminal: terminal)
    try terminal.close()
    Command.wait(while: process) { command.rows(of: "run") >= 3 }
    close(main)
    process.waitUntilExit()
    #expect(Command.status(of: process) == 75)
    #expect(try command.expectGood("run"))
  }

  @Test("as the first process of a container", arguments: [SIGTERM, SIGINT])
  func firstProcess(signal: Int32) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    guard try command.shell("unshare --pid --fork --mount-proc true") == 0 else {
      print("skipped: this user may not make a PID namespace")
      return
    }
    let process = try command.start(
      "/usr/bin/env",
      ["unshare", "--pid", "--fork", "--mount-proc", command.program.path] + Self.arguments(.step, run: "run"))
    Command.wait(while: process) { command.rows(of: "run") >= 3 }
    let number = process.processIdentifier
    let children = try String(contentsOfFile: "/proc/\(number)/task/\(number)/children", encoding: .utf8)
    let child = try #require(children.split(separator: " ").first.flatMap { Int32($0) })
    kill(child, signal)
    process.waitUntilExit()
    #expect(Command.status(of: process) == 75)
    try Self.expectSameBits(command, .step)
  }
}
