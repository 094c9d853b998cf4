import Foundation
import Testing

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

/// Event files of the program as it is used, read by TensorBoard itself.
@Suite("TensorBoard reads the event files of runs")
struct TensorBoardTests {
  private static let settings = [
    "training.epochs=4", "logging.everySteps=1", "logging.histogramsEveryEpochs=1", "logging.imagesEveryEpochs=2",
    "checkpoint.everySteps=4", "checkpoint.keepLast=1000",
  ].flatMap { ["--set", $0] }

  @Test(
    "scalars, histograms, pictures and hyperparameters, before and after stops in mid-epoch and kills",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has TensorBoard to run this test"))
  func reader() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.awkward, to: "c.json")
    func train(_ run: String, threads: Int, _ more: [String] = [], interrupt: (Process) -> Void = { _ in }) throws
      -> Command.Result
    {
      try command.run(
        ["train", "c.json", "--run", "logs/\(run)", "--threads", "\(threads)", "--resume", "--progress", "none"]
          + Self.settings + more, interrupt: interrupt)
    }
    #expect(try train("whole", threads: 2).status == 0)
    #expect(try train("one-thread", threads: 1).status == 0)
    #expect(
      try train("other", threads: 2, ["--set", #"training.optimizer={"type":"sgd","learningRate":0.01}"#]).status == 0)

    // Stopped in mid-epoch, twice.
    for row in [5, 20] {
      _ = try train("stopped", threads: 3) { process in
        Command.wait(while: process) { command.rows(of: "logs/stopped") >= row }
        kill(process.processIdentifier, SIGTERM)
      }
    }
    #expect(try train("stopped", threads: 2).status == 0)

    // Killed, and what was being written torn: a record cut short, and the zeros that a power cut leaves.
    for (row, tail) in [(8, [UInt8](repeating: 0, count: 0)), (22, [UInt8](repeating: 0, count: 100))] {
      _ = try train("killed", threads: 2) { process in
        Command.wait(while: process) { command.rows(of: "logs/killed") >= row }
        kill(process.processIdentifier, SIGKILL)
      }
      let newest = try #require(try command.files(in: "logs/killed").last { $0.hasPrefix("events.out.tfevents.") })
      try command.edit("logs/killed/\(newest)") { $0 += tail.isEmpty ? Array($0[..<40]) : tail }
    }
    #expect(try train("killed", threads: 1).status == 0)
    #expect(try command.files(in: "logs/killed").count { $0.hasPrefix("events.out.tfevents.") } >= 2)

    var script = command
    script.program = URL(fileURLWithPath: try #require(python))
    let reader = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Interoperability/tensorboard_events.py")
    let result = try script.run([reader.path, "logs", "--unlike", "other"])
    #expect(result.status == 0, "\(result.output)\(result.error)")
    #expect(result.output.hasSuffix("5 runs agree\n"), "\(result.output)")
  }

  @Test("a config can switch the event files off, and the rest stays as it is")
  func off() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    for (run, value) in [("on", "true"), ("off", "false")] {
      let result = try command.run(
        ["train", "c.json", "--run", run, "--progress", "none", "--set", "logging.tensorBoard=\(value)"])
      #expect(result.status == 0, "\(result.error)")
    }
    let files = try command.files(in: "on")
    #expect(files.count { $0.hasPrefix("events.out.tfevents.") } == 1)
    #expect(try command.files(in: "off") == files.filter { !$0.hasPrefix("events.out.tfevents.") })
    #expect(try command.digest(of: "on") == command.digest(of: "off"))
  }

  @Test("a disk that takes no more event bytes is a failed save, and the run goes on from its last checkpoint")
  func sizeLimit() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    // Checkpoints of this network are smaller than its event file grows in so many steps.
    let train =
      #"train c.json --run run --progress none --resume --set training.epochs=4000 --set logging.everySteps=1"#
      + " --set checkpoint.everyEpochs=1000 --set training.optimizer=sgd"
    try command.shell("ulimit -f 200; env --default-signal \"$LOCKSTEP\" \(train) 2>error; echo $? >status")
    #expect(try command.read("status") == "74\n")
    #expect(try command.read("error").contains("File too large"))
    #expect(try command.expectGood("run"))
  }
}
