import Foundation
import Testing

/// `lockstep report` and `lockstep compare` as their users run them.
@Suite("report and compare")
struct ReportTests {
  /// A directory with a config and its run.
  private static func trained(_ options: [String] = []) throws -> Command {
    let command = try Command()
    try command.write(SmallConfigs.linear, to: "c.json")
    let result = try command.run(["train", "c.json", "--run", "run", "--progress", "none"] + options)
    try #require(result.status == 0, "\(result.error)")
    return command
  }

  @Test("report writes report.html into the run, says where, and changes nothing else")
  func report() throws {
    let command = try Self.trained()
    defer { command.remove() }
    let before = try command.files(in: "run")
    let digest = try command.digest(of: "run")
    let result = try command.run(["report", "run", "--threads", "2"])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(result.output == "run/report.html\n")
    #expect(try command.files(in: "run") == (before + ["report.html"]).sorted())
    let page = try command.read("run/report.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains(digest))
    // A page is no foreign file, and the next one takes its place.
    let inventory = try command.run(["inspect", "run", "--verify"])
    #expect(inventory.status == 0 && inventory.output.contains("report.html"), "\(inventory.output)")
    #expect(!inventory.output.contains("foreign"))
    #expect(try command.run(["report", "run/", "--no-profile"]).output == "run/report.html\n")
    #expect(try command.read("run/report.html") != page)
  }

  @Test("classes are called by their names, in evaluate and on the page alike")
  func classNames() throws {
    let command = try Command()
    defer { command.remove() }
    try FileManager.default.createDirectory(
      at: command.directory.appendingPathComponent("cifar"), withIntermediateDirectories: true)
    // So little between them that one epoch does not tell them apart.
    let records = (0..<10).flatMap { label in [UInt8(label)] + [UInt8](repeating: 100 + UInt8(label), count: 3_072) }
    for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] {
      try command.write(records, to: "cifar/\(name)")
    }
    try command.write(SmallConfigs.linear.replacing("[28, 28, 1]", with: "[32, 32, 3]"), to: "c.json")
    let data = #"data={"dataset":"cifar10","directory":"cifar"}"#
    let training = try command.run(["train", "c.json", "--set", data, "--run", "run", "--progress", "none"])
    try #require(training.status == 0, "\(training.error)")
    let text = try command.run(["evaluate", "run"]).output
    #expect(text.contains("\n  automobile     ") && text.contains("\nweighted avg     "), "\(text)")
    let answer = try command.run(["evaluate", "run", "--json"]).output
    let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any])
    let classes = try #require(json["perClass"] as? [[String: Any]]).map { $0["class"] as? String }
    #expect(classes.count == 10 && classes.first == "airplane" && classes.last == "truck")
    let page = try command.run(["report", "run", "--output", "-", "--no-profile"])
    #expect(page.status == 0 && page.error.isEmpty, "\(page.error)")
    let arrows = page.output.matches(of: /<b>([a-z]+|[0-9]+) → ([a-z]+|[0-9]+)<\/b>/)
    #expect(!arrows.isEmpty)
    #expect(arrows.allSatisfy { classes.contains(String($0.1)) && classes.contains(String($0.2)) })
  }

  @Test("the page says what evaluate says")
  func agreement() throws {
    let command = try Self.trained()
    defer { command.remove() }
    let page = try command.run(["report", "run", "--output", "-", "--no-profile"])
    #expect(page.status == 0 && page.error.isEmpty, "\(page.error)")
    #expect(try !command.files(in: "run").contains("report.html"))
    let answer = try command.run(["evaluate", "run", "--json"]).output
    let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any])
    let (loss, accuracy) = (try #require(json["loss"] as? Double), try #require(json["accuracy"] as? Double))
    #expect(page.output.contains("<dt>Accuracy</dt><dd>\(String(format: "%.2f %%", accuracy * 100))</dd>"))
    #expect(page.output.contains("<dt>Loss</dt><dd>\(String(format: "%.4f", loss))</dd>"))
  }

  @Test(
    "what is no run, and what cannot be written",
    arguments: [
      (
        ["report", "nowhere"], 66,
        "cannot read nowhere: No such file or directory; expected a run's directory, as 'lockstep train' makes it"
      ),
      (["report", "empty"], 66, "empty holds no run: neither a checkpoint nor config.json nor metrics.jsonl"),
      (["report", "run/config.json"], 66, "run/config.json is a file, and a run is a directory; did you mean run?"),
      (["report", "run", "--output", "none/r.html"], 74, "cannot write none/r.html: No such file or directory"),
      (["report", "run", "--output", "empty"], 74, "cannot write empty: Is a directory"),
      (["compare", "run", "empty"], 66, "empty holds no run: neither a checkpoint nor config.json nor metrics.jsonl"),
      (
        ["compare", "run", "run", "--output", "none/c.html"], 74, "cannot write none/c.html: No such file or directory"
      ),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], status: Int32, message: String) throws {
    let command = try Self.trained()
    defer { command.remove() }
    try FileManager.default.createDirectory(
      at: command.directory.appendingPathComponent("empty"), withIntermediateDirectories: true)
    let result = try command.run(arguments)
    #expect(result.status == status && result.output.isEmpty)
    #expect(result.error == "lockstep: \(message)\n")
  }

  @Test("help says what the commands read and write", arguments: ["report", "compare"])
  func help(name: String) throws {
    let command = try Command()
    defer { command.remove() }
    let result = try command.run(["help", name])
    #expect(result.status == 0 && result.output.contains("--output <file>"))
    #expect(try command.run([name]).status == 64)
  }

  @Test("a damaged newest checkpoint is named, and the one before is taken")
  func damaged() throws {
    let command = try Self.trained()
    defer { command.remove() }
    try command.edit("run/step-00000012.weights.h5") { $0[5_000] ^= 4 }
    let result = try command.run(["report", "run", "--no-profile"])
    #expect(result.status == 0)
    #expect(result.error.hasPrefix("lockstep: passed over: run/step-00000012.weights.h5: "), "\(result.error)")
    #expect(try command.read("run/report.html").contains("unfinished, the newest good checkpoint is at step 8 of 12"))
  }

  @Test("a run that was killed before its first checkpoint is said to be one")
  func withoutCheckpoint() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    let endless = ["training.epochs=1000000", "checkpoint.everyEpochs=0", "logging.everySteps=1"].flatMap {
      ["--set", $0]
    }
    let killed = try command.run(["train", "c.json", "--run", "run", "--progress", "none"] + endless) { process in
      Command.wait(while: process) { command.rows(of: "run") >= 1 }
      let looked = try? command.run(["inspect", "run"])
      #expect(
        looked?.error == "lockstep: run holds no checkpoint yet: its run goes on; ask again when it has saved one\n")
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(killed.status == 128 + SIGKILL)
    // As if it had been killed in its first epoch.
    let steps = try command.read("run/metrics.jsonl").split(separator: "\n").prefix { !$0.contains(#""kind":"epoch""#) }
    try command.write(steps.map { $0 + "\n" }.joined(), to: "run/metrics.jsonl")

    let page = try command.run(["report", "run", "--output", "-", "--no-profile"]).output
    #expect(page.contains("<p class=\"status open\">ended before its first checkpoint; logged up to step "))
    #expect(!page.contains("median of the epochs") && !page.contains("unknown"))
    #expect(try command.run(["compare", "run", "run"]).output.contains("  no checkpoint  "))
    for arguments in [["inspect", "run"], ["resume", "run"], ["evaluate", "run"]] {
      let result = try command.run(arguments)
      #expect(result.status == 66)
      #expect(
        result.error
          == "lockstep: run holds no checkpoint: its run ended before the first; "
          + "'lockstep train run/config.json --run run' begins it anew\n")
    }
    let anew = try command.run([
      "train", "run/config.json", "--run", "run", "--progress", "none", "--set", "training.epochs=1",
    ])
    #expect(anew.status == 0, "\(anew.error)")
  }

  @Test("without the data set there is a page, and word of what it lacks")
  func missingData() throws {
    let command = try Self.trained()
    defer { command.remove() }
    let result = try command.run(["report", "run", "--data", "nowhere"])
    #expect(result.status == 0)
    #expect(result.error.hasPrefix("lockstep: left out: the evaluation: "), "\(result.error)")
    #expect(try command.read("run/report.html").contains("Left out: the confusion matrix"))
  }

  @Test("on the page of many runs no two curves look alike, and only what is drawn has a key")
  func comparePage() throws {
    let command = try Self.trained()
    defer { command.remove() }
    for number in 1...7 { #expect(try command.shell("cp -r run run-\(number)") == 0) }
    #expect(try command.shell("mkdir bare && cp run/config.json bare") == 0)
    let runs = ["run", "bare"] + (1...7).map { "run-\($0)" }
    let result = try command.run(["compare", "--output", "c.html"] + runs)
    #expect(result.status == 0)
    let page = try command.read("c.html")
    let charts = page.components(separatedBy: "<svg ").filter { $0.contains("class=\"chart\"") && $0.contains("key") }
    #expect(charts.count >= 4)
    for chart in charts {
      let keys = chart.matches(of: /<text class="key"[^>]*>([^<]*)<\/text>/).map { String($0.1) }
      #expect(keys == runs.filter { $0 != "bare" })
      let lines = chart.matches(of: /<path class="(line [^"]*)" d="M[^"]*h18"/).map { String($0.1) }
      #expect(lines.count == 8 && Set(lines).count == 8, "\(lines)")
      // Dots hide dashes: of the two runs that have one colour, one has hollow dots.
      let dots = Set(chart.matches(of: /<circle class="(dot [^"]*)"/).map { String($0.1) })
      #expect(dots.isEmpty || dots.count == 8, "\(dots)")
    }
  }

  @Test("compare prints tables or JSON, and writes a page")
  func compare() throws {
    let command = try Self.trained()
    defer { command.remove() }
    let other = ["--set", "training.epochs=1", "--set", "seed=8"]
    #expect(try command.run(["train", "c.json", "--run", "other", "--progress", "none"] + other).status == 0)
    let text = try command.run(["compare", "run", "other", "--output", "c.html"])
    #expect(text.status == 0 && text.error == "lockstep: the page is c.html\n", "\(text.error)")
    #expect(text.output.contains("\nrun ") && text.output.contains("\nother ") && text.output.contains("\nseed "))
    #expect(try command.read("c.html").contains("2 runs side by side"))
    let json = try command.run(["compare", "run", "other", "--json"])
    #expect(json.status == 0 && json.error.isEmpty)
    let answer = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let runs = try #require(answer["runs"] as? [[String: Any]])
    #expect(runs.map { $0["epochs"] as? Int } == [3, 1])
    let differences = try #require(answer["differences"] as? [[String: Any]])
    #expect(differences.compactMap { $0["path"] as? String } == ["seed", "training.epochs"])
  }
}
