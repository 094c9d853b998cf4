import Foundation
import Testing

/// How the program ends where its answer has no place, and where it is stopped before there is anything to save.
@Suite("Endings")
struct EndingTests {
  private static func prepared() throws -> Command {
    let command = try Command()
    try command.write(SmallConfigs.linear, to: "c.json")
    return command
  }

  /// Digits that take any machine longer to draw than anybody waits.
  private static let longToDraw = ["train", "c.json", "--run", "run", "--set", "data.trainSamples=1000000"]

  @Test(
    "help, version and completions are answers too: where they cannot be written, that is an error",
    arguments: [
      "--help", "--version", "help train", "train --help", "data --help", "schema", "manual",
      "--generate-completion-script bash",
    ])
  func fullDisk(arguments: String) throws {
    let command = try Command()
    defer { command.remove() }
    let full = try command.output(ofShell: "exec \"$LOCKSTEP\" \(arguments) >/dev/full", limit: 60)
    #expect(full.status == 74)
    #expect(full.error == "lockstep: cannot write standard output: No space left on device\n")
    // A reader that has seen enough is no error.
    let piped = try command.output(
      ofShell: "{ env --default-signal \"$LOCKSTEP\" \(arguments); echo $? >status; } | head -c 1", limit: 60)
    #expect(piped.output.utf8.count == 1 && piped.error.isEmpty)
    #expect(try command.read("status") == "0\n")
  }

  @Test("training to the end with its answer on a full disk: the run is saved, and the end says what is missing")
  func summaryOnFullDisk() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let train = "\"$LOCKSTEP\" train c.json --run"
    let answer = try command.output(ofShell: "\(train) answer --progress none >/dev/full")
    #expect(answer.status == 74)
    #expect(
      answer.error
        == "lockstep: cannot write standard output: No space left on device; the run is saved in answer\n")
    #expect(try command.expectGood("answer"))
    // Progress is for whoever looks on.
    let progress = try command.output(ofShell: "\(train) progress 2>/dev/full")
    #expect(progress.status == 0 && progress.output.hasPrefix("finished    step 12 of 12 in "))
    #expect(try command.output(ofShell: "\(train) both >/dev/full 2>&1").status == 74)
    #expect(try command.digest(of: "both") == command.digest(of: "progress"))
    #expect(try command.output(ofShell: "\(train) quiet --quiet >/dev/full 2>&1").status == 0)
    // A daemon that closed its output wants no answer.
    #expect(try command.output(ofShell: "\(train) closed --progress none >&-").status == 0)
  }

  @Test("a run that is stopped while its answer has no place ends as one that can be resumed")
  func stoppedOnFullDisk() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let process = try command.start(
      "/bin/sh",
      [
        "-c",
        "exec \"$LOCKSTEP\" train c.json --run run --set training.epochs=1000000 --progress none >/dev/full 2>error",
      ])
    Command.wait(while: process) { command.rows(of: "run") >= 3 }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(Command.status(of: process) == 75)
    #expect(
      try command.read("error")
        == "lockstep: cannot write standard output: No space left on device; the run is saved, and 'lockstep resume run' "
        + "goes on\n")
  }

  @Test("a signal while the samples are drawn says that there was nothing to save", arguments: [SIGINT, SIGTERM])
  func stoppedWhileLoading(signal: Int32) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let (output, error) = (
      command.directory.appendingPathComponent("output"), command.directory.appendingPathComponent("error")
    )
    let process = try command.start(Self.longToDraw, output: output, error: error)
    Command.wait(while: process) { (try? command.read("error"))?.hasSuffix("\n") == true }
    #expect(try command.read("error") == "drawing 1,000,020 digits\n")
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(Command.status(of: process) == 128 + signal && process.terminationReason == .uncaughtSignal)
    let name = signal == SIGINT ? "SIGINT" : "SIGTERM"
    #expect(
      try command.read("error")
        == "drawing 1,000,020 digits\nlockstep: stopped by \(name) before the first step; there was nothing to save\n")
    #expect(try command.files(in: ".") == ["c.json", "error", "output"])
  }

  @Test("a signal that comes while the program starts ends it, whenever that is")
  func stoppedWhileStarting() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    for milliseconds in 0..<40 as Range<UInt32> {
      let result = try command.run(Self.longToDraw + ["--quiet"]) { process in
        usleep(milliseconds * 1000)
        kill(process.processIdentifier, SIGTERM)
      }
      #expect(result.status == 128 + SIGTERM, "after \(milliseconds) ms: \(result.error)")
    }
  }

  @Test("nothing is said of samples that are there at once, nor to those who want to hear nothing")
  func noNotice() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let small = try command.run(["train", "c.json", "--run", "small"])
    #expect(small.status == 0 && small.error.hasPrefix("linear: 7,850 parameters, "), "\(small.error)")
    for option in ["--quiet", "--progress=none"] {
      let result = try command.run(Self.longToDraw + [option]) { process in
        usleep(500_000)
        kill(process.processIdentifier, SIGINT)
      }
      #expect(
        result.error == "lockstep: stopped by SIGINT before the first step; there was nothing to save\n", "\(option)")
    }
  }
}
