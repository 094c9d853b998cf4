import Foundation
import Testing

/// Two runs in one directory, names that lead elsewhere, and places that cannot be written.
@Suite("The run's directory")
struct RunDirectoryTests {
  private static let endless = [
    "--set", "training.epochs=1000000", "--set", "checkpoint.everyEpochs=0", "--progress", "none",
  ]
  private static let train = ["train", "c.json", "--run", "run", "--resume", "--progress", "none"]

  private static func prepared() throws -> Command {
    let command = try Command()
    try command.write(SmallConfigs.linear, to: "c.json")
    return command
  }

  @Test("of many that start at once, one runs, and the others name it")
  func starters() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let starters = try (0..<6).map { index in
      try command.start(
        Self.train + Self.endless, output: command.directory.appendingPathComponent("output-\(index)"),
        error: command.directory.appendingPathComponent("error-\(index)"))
    }
    while starters.count(where: \.isRunning) > 1 { usleep(1_000) }
    // One that has locked the directory and then dies would leave nobody.
    let winner = try #require(starters.first { $0.isRunning })
    let number = winner.processIdentifier
    for (index, starter) in starters.enumerated() where starter !== winner {
      #expect(Command.status(of: starter) == 74)
      #expect(
        try command.read("error-\(index)")
          == "lockstep: run is in use by process \(number); wait for it, or use --run DIR\n")
    }
    Command.wait(while: winner) { command.rows(of: "run") >= 1 }
    #expect(try command.run(["inspect", "run", "--verify"]).output.contains("held by process \(number)"))
    kill(number, SIGTERM)
    winner.waitUntilExit()
    #expect(Command.status(of: winner) == 75)
  }

  @Test("the lock dies with its process")
  func killed() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let result = try command.run(Self.train + Self.endless) { process in
      Command.wait(while: process) { command.rows(of: "run") >= 1 }
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(result.status == 128 + SIGKILL)
    let next = try command.run(Self.train)
    #expect(next.status == 0, "\(next.error)")
  }

  @Test("a checkpoint that was copied elsewhere goes on in a directory of its own, and says so first")
  func loneCheckpoint() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    #expect(try command.run(Self.train).status == 0)
    let newest = try #require(try command.files(in: "run").last { $0.hasPrefix("step-") })
    for name in ["copied/w.h5", "copied/\(newest)"] { try command.write(command.bytes(of: "run/\(newest)"), to: name) }
    let resume = ["resume", "copied/w.h5", "--epochs", "4", "--progress", "none"]
    let result = try command.run(resume)
    #expect(
      result.error
        == "lockstep: copied/w.h5 is in no run's directory; going on in Checkpoints/linear (--run DIR: elsewhere)\n")
    #expect(result.status == 0 && result.output.contains("Checkpoints/linear/step-00000016.weights.h5"))
    #expect(try command.files(in: "copied") == [newest, "w.h5"])
    // What lies there now is not written over.
    let again = try command.run(resume)
    #expect(again.status == 64)
    #expect(
      again.error == "lockstep: Checkpoints/linear already holds checkpoints; give --run a directory that has none\n")
    // Its name makes no run's directory of a folder.
    #expect(try command.run(["resume", "copied/\(newest)", "--epochs", "4"]).error == again.error)
    let named = try command.run(resume + ["--run", "named"])
    #expect(named.status == 0 && named.error.isEmpty, "\(named.error)")
    // In a run's directory all is as ever, and a folder that is named is meant.
    for (path, run) in [("run/\(newest)", "run"), ("copied", "copied")] {
      let inside = try command.run(["resume", path, "--epochs", "4", "--progress", "none"])
      #expect(inside.status == 0 && inside.error.isEmpty, "\(inside.error)")
      #expect(try command.digest(of: run) == command.digest(of: "Checkpoints/linear"))
    }
  }

  @Test(
    "an ordinary user is told which directory cannot be written or read, before the first step and before a resume",
    .enabled(if: Self.canBeOrdinaryUser, "as root it takes setpriv to be another user"))
  func forbiddenDirectory() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    #expect(try command.run(Self.train).status == 0)
    for (mode, status, what) in [("500", 74, "Permission denied"), ("000", 66, "Permission denied")] {
      // Everything belongs to the user; only the mode forbids.
      let user = getuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups" : ""
      let code = try command.shell(
        """
        [ "$(id -u)" != 0 ] || chown -R 65534:65534 .
        chmod \(mode) run
        \(user) "$LOCKSTEP" train c.json --run run --resume --progress none --set training.epochs=9 >output 2>error
        code=$?
        chmod 700 run
        exit $code
        """)
      let error = try command.read("error")
      #expect(code == status, "mode \(mode): \(error)")
      let lines = error.count { $0 == "\n" }
      #expect(error.contains("run") && error.contains(what) && lines == 1, "\(error)")
    }
    #expect(try command.expectGood("run"))
  }

  private static var canBeOrdinaryUser: Bool {
    getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
  }

  @Test("a directory behind a link is the directory")
  func linkedDirectory() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let (real, link) = (command.directory.path + "/real", command.directory.path + "/run")
    try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
    let running = try command.run(Self.train + Self.endless) { process in
      Command.wait(while: process) { command.rows(of: "run") >= 1 }
      let second = try? command.run(["train", "c.json", "--run", "real", "--resume"])
      #expect(second?.status == 74, "\(second?.error ?? "")")
      kill(process.processIdentifier, SIGTERM)
    }
    #expect(running.status == 75)
    #expect(try command.expectGood("real"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == real)
  }

  @Test(
    "a link in a file's place is replaced or refused, and what it leads to stays",
    arguments: [
      ("lock", 74), ("config.json", 0), ("metrics.jsonl", 74), ("metrics.csv", 74), ("metrics.jsonl.partial", 0),
      ("metrics.csv.partial", 0),
    ])
  func plantedLink(name: String, status: Int32) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    try command.write("precious\n", to: "elsewhere")
    let run = command.directory.appendingPathComponent("run")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: run.path + "/" + name, withDestinationPath: command.directory.path + "/elsewhere")
    let result = try command.run(Self.train)
    #expect(result.status == status, "\(result.error)")
    if status != 0 { #expect(result.error.contains("run/\(name)"), "\(result.error)") }
    #expect(try command.read("elsewhere") == "precious\n")
  }

  @Test("a full disk is found before the first step, a small one ends the run or does not")
  func fullDisk() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    try FileManager.default.createDirectory(
      at: command.directory.appendingPathComponent("disk"), withIntermediateDirectories: true)
    guard try command.shell("mount -t tmpfs -o size=300k none disk") == 0 else {
      print("skipped: this user may not mount a small disk")
      return
    }
    defer { _ = try? command.shell("umount disk") }
    // Two checkpoints of 113 KB fit.
    let train = ["train", "c.json", "--run", "disk/run", "--progress", "none", "--set", "training.epochs=6"]
    let stopped = try command.run(train)
    #expect(stopped.status == 74)
    #expect(stopped.error.contains("No space left on device"), "\(stopped.error)")
    #expect(try command.expectGood("disk/run"))
    #expect(try command.files(in: "disk/run").count { $0.hasSuffix(".h5") } == 2)

    try command.shell("rm -r disk/run")
    let going = try command.run(train + ["--set", "checkpoint.onFailure=continue"])
    #expect(going.status == 74)
    #expect(going.error.contains("training goes on"), "\(going.error)")
    #expect(try command.read("disk/run/metrics.jsonl").contains("\"epoch\":6"))
    #expect(try command.expectGood("disk/run"))

    try command.shell("rm -r disk/run; dd if=/dev/zero of=disk/full bs=1k count=220 2>/dev/null")
    let full = try command.run(train)
    #expect(full.status == 74)
    #expect(full.error.contains("a checkpoint takes"), "\(full.error)")
  }

  @Test("a limit on the size of files is a failed save, not the end of the process")
  func sizeLimit() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let status = try command.shell(
      "ulimit -f 100; env --default-signal \"$LOCKSTEP\" train c.json --run run --progress none 2>error; echo $? >status"
    )
    #expect(status == 0)
    #expect(try command.read("status") == "74\n")
    let error = try command.read("error")
    #expect(error.contains("File too large"), "\(error)")
  }

  @Test("every file of a run has its verdict")
  func verdicts() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    #expect(try command.run(Self.train).status == 0)
    let good = try command.run(["inspect", "run", "--verify"])
    #expect(good.status == 0, "\(good.error)")
    #expect(good.output.contains("run: 8 files, 8 good, 0 damaged\n"), "\(good.output)")

    let config = command.directory.appendingPathComponent("run/config.json")
    let text = try command.bytes(of: "run/config.json")
    try FileManager.default.removeItem(at: config)
    try FileManager.default.createDirectory(at: config, withIntermediateDirectories: false)
    let unreadable = try command.run(["inspect", "run", "--verify"])
    #expect(unreadable.status == 66)
    #expect(unreadable.output.contains("run: 8 files, 7 good, 0 damaged, 1 unreadable\n"), "\(unreadable.output)")
    try FileManager.default.removeItem(at: config)
    try command.write(text, to: "run/config.json")

    try command.edit("run/step-00000008.weights.h5") { $0[5_000] ^= 4 }
    try command.edit("run/config.json") { $0[0] = UInt8(ascii: "x") }
    try command.edit("run/metrics.jsonl") { $0.insert(UInt8(ascii: "\n"), at: 40) }
    try command.edit("run/metrics.csv") { $0.removeLast(3) }
    // No process has this number: it is above what Linux gives.
    try command.write("", to: "run/.step-00000016.weights.h5.lockstep-4194305-1-2.partial")
    try command.write("", to: "run/metrics.csv.partial")
    try command.write("mine", to: "run/notes.txt")
    let events = try #require(try command.files(in: "run").first { $0.hasPrefix("events.out.tfevents.") })
    try command.edit("run/\(events)") { $0[100] ^= 4 }
    let bad = try command.run(["inspect", "run", "--verify", "--json"])
    #expect(bad.status == 65)
    let answer = try #require(try JSONSerialization.jsonObject(with: Data(bad.output.utf8)) as? [String: Any])
    #expect(answer["damaged"] as? Int == 4)
    let files = try #require(answer["files"] as? [[String: String]])
    let verdicts = Dictionary(uniqueKeysWithValues: files.map { ($0["name"] ?? "", $0["verdict"] ?? "") })
    #expect(
      verdicts == [
        ".step-00000016.weights.h5.lockstep-4194305-1-2.partial": "leftover", "config.json": "damaged", "lock": "good",
        events: "damaged",
        "metrics.csv": "good", "metrics.csv.partial": "leftover", "metrics.jsonl": "damaged", "notes.txt": "foreign",
        "step-00000004.weights.h5": "good", "step-00000008.weights.h5": "damaged", "step-00000012.weights.h5": "good",
      ])
  }
}
