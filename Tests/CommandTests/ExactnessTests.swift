import Foundation
import Testing

/// The first promise: the bits depend on config, data and seed, and on nothing else.
@Suite("Same bits")
struct ExactnessTests {
  @Test("for any number of threads", arguments: [("awkward", SmallConfigs.awkward), ("convnet", SmallConfigs.convnet)])
  func threads(name: String, config: String) throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(config, to: "config.json")
    var digests: [Int: String] = [:]
    var logs: [Int: [String]] = [:]
    for threads in [1, 2, 3, 4, 7] {
      let run = "run-\(threads)"
      let result = try command.run([
        "train", "config.json", "--run", run, "--threads", "\(threads)", "--progress", "none",
      ])
      #expect(result.status == 0, "\(result.error)")
      digests[threads] = try command.digest(of: run)
      logs[threads] = try Self.withoutTimes(command.read("\(run)/metrics.jsonl"))
    }
    #expect(Set(digests.values).count == 1, "digests by threads: \(digests)")
    #expect(Set(logs.values).count == 1, "the logs differ")
  }

  @Test("for other seeds, other bits")
  func otherSeed() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.awkward, to: "config.json")
    for seed in [11, 12] {
      let result = try command.run(
        ["train", "config.json", "--run", "run-\(seed)", "--set", "seed=\(seed)", "--progress", "none"])
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(try command.digest(of: "run-11") != command.digest(of: "run-12"))
  }

  @Test("for any number of threads, on each instruction set", arguments: ["portable", "avx2", "avx512"])
  func instructionSets(set: String) throws {
    var command = try Command()
    defer { command.remove() }
    command.environment["LOCKSTEP_ISA"] = set
    try command.write(SmallConfigs.awkward, to: "config.json")
    for threads in [2, 3] {
      let result = try command.run(
        ["train", "config.json", "--run", "run-\(threads)", "--threads", "\(threads)", "--progress", "none"])
      if result.status == 64, result.error.contains("does not have") {
        print("skipped: this processor has no \(set)")
        return
      }
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(try command.digest(of: "run-2") == command.digest(of: "run-3"))
  }

  @Test("killed at five random moments, resumed with another number of threads each time")
  func killed() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.awkward, to: "config.json")
    let long = ["--set", "training.epochs=40", "--set", "checkpoint.everySteps=7", "--progress", "none"]
    let whole = try command.run(["train", "config.json", "--run", "whole", "--threads", "2"] + long)
    #expect(whole.status == 0, "\(whole.error)")

    // Moments are measured in rows of the log, not in seconds: machines differ.
    func rows(of run: String) -> Int {
      ((try? command.read("\(run)/metrics.jsonl")) ?? "").split(separator: "\n").count
    }
    let rowsOfWhole = Double(rows(of: "whole"))
    var kills = 0
    for (index, threads) in [3, 1, 4, 2, 7].enumerated() {
      let moment = Int(rowsOfWhole * (Double(index) + Double.random(in: 0..<1)) / 6)
      let result = try command.run(
        ["train", "config.json", "--run", "killed", "--resume", "--threads", "\(threads)"] + long,
        interrupt: { process in
          while process.isRunning, rows(of: "killed") < moment { usleep(500) }
          kill(process.processIdentifier, SIGKILL)
        })
      #expect(result.status == 128 + SIGKILL || result.status == 0, "\(result.error)")
      if result.status != 0 { kills += 1 }
    }
    let last = try command.run(["train", "config.json", "--run", "killed", "--resume", "--threads", "2"] + long)
    #expect(last.status == 0, "\(last.error)")
    #expect(kills >= 3, "the run was over before it could be killed; make it longer")
    #expect(try command.digest(of: "killed") == command.digest(of: "whole"))
    #expect(
      try Self.withoutTimes(command.read("killed/metrics.jsonl"))
        == Self.withoutTimes(command.read("whole/metrics.jsonl")))
    #expect(
      try Self.rowsWithoutTimes(command.read("killed/metrics.csv"))
        == Self.rowsWithoutTimes(command.read("whole/metrics.csv")))
    // Each start has an event file of its own, with a name that tells when.
    let isEventFile = { (name: String) in name.hasPrefix("events.out.tfevents.") }
    #expect(try command.files(in: "killed").count(where: isEventFile) >= kills)
    #expect(
      try command.files(in: "killed").filter { !isEventFile($0) }
        == command.files(in: "whole").filter { !isEventFile($0) },
      "no half-written file is left")
  }

  @Test("stopped by a signal in the middle of an epoch", arguments: [SIGTERM, SIGINT, SIGHUP])
  func stopped(signal: Int32) throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.awkward, to: "config.json")
    let long = ["--set", "training.epochs=90"]
    let whole = try command.run(
      ["train", "config.json", "--run", "whole", "--threads", "2", "--progress", "none"] + long)
    #expect(whole.status == 0, "\(whole.error)")

    let stopped = try command.run(
      ["train", "config.json", "--run", "stopped", "--threads", "3", "--progress", "none"] + long,
      interrupt: { process in
        // The first row of the log says that training is under way.
        while process.isRunning, ((try? command.read("stopped/metrics.jsonl")) ?? "").isEmpty { usleep(2_000) }
        kill(process.processIdentifier, signal)
      })
    #expect(stopped.status == 75, "\(stopped.error)")
    #expect(stopped.output.contains("lockstep resume stopped"), "\(stopped.output)")

    let resumed = try command.run(["resume", "stopped", "--threads", "1", "--progress", "none"])
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(try command.digest(of: "stopped") == command.digest(of: "whole"))
    #expect(
      try Self.withoutTimes(command.read("stopped/metrics.jsonl"))
        == Self.withoutTimes(command.read("whole/metrics.jsonl")))
  }

  @Test("branched off into another directory, where nothing is left to do")
  func branched() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.awkward, to: "config.json")
    let whole = try command.run(["train", "config.json", "--run", "whole", "--progress", "none"])
    #expect(whole.status == 0, "\(whole.error)")
    let branch = try command.run(["resume", "whole", "--run", "branch", "--progress", "none"])
    #expect(branch.status == 0, "\(branch.error)")
    #expect(try command.digest(of: "branch") == command.digest(of: "whole"))
    let longer = try command.run(["resume", "branch", "--epochs", "3", "--progress", "none"])
    #expect(longer.status == 0, "\(longer.error)")
    #expect(try command.digest(of: "branch") != command.digest(of: "whole"))
  }

  @Test("a signal that asks to save changes nothing")
  func saveOnDemand() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.awkward, to: "config.json")
    let options = [
      "--set", "training.epochs=30", "--set", "checkpoint.keepLast=100", "--set", "checkpoint.everyEpochs=0",
      "--progress", "none",
    ]
    let whole = try command.run(["train", "config.json", "--run", "whole"] + options)
    #expect(whole.status == 0, "\(whole.error)")
    let saved = try command.run(
      ["train", "config.json", "--run", "saved"] + options,
      interrupt: { process in
        while process.isRunning, ((try? command.read("saved/metrics.jsonl")) ?? "").isEmpty { usleep(2_000) }
        kill(process.processIdentifier, SIGUSR1)
      })
    #expect(saved.status == 0, "\(saved.error)")
    #expect(try command.files(in: "saved").filter { $0.hasSuffix(".h5") }.count == 2)
    #expect(try command.digest(of: "saved") == command.digest(of: "whole"))
  }

  /// Rows of `metrics.jsonl` without the two fields that are measurements of time, and the number of threads.
  static func withoutTimes(_ text: String) throws -> [String] {
    try text.split(separator: "\n").map { line in
      guard var row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
        return "no object: \(line)"
      }
      row["seconds"] = nil
      row["samplesPerSecond"] = nil
      row["threads"] = nil
      return String(decoding: try JSONSerialization.data(withJSONObject: row, options: .sortedKeys), as: UTF8.self)
    }
  }

  /// Rows of `metrics.csv` without the last two columns, which are measurements of time.
  private static func rowsWithoutTimes(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).dropLast(2).joined(separator: ",")
    }
  }
}
