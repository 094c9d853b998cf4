import Foundation
import Testing

/// What people name: short names, devices, pipes, links, other people's folders, names that are no text.
@Suite("Paths of every kind")
struct PathTests {
  /// A directory with a small finished run, `run`.
  private static func prepared() throws -> Command {
    var command = try Command()
    command.environment = ["LOCKSTEP_ISA": "portable"]
    try command.write(SmallConfigs.linear, to: "c.json")
    let result = try command.run(["train", "c.json", "--run", "run", "--threads", "1", "--progress", "none"])
    try #require(result.status == 0, "\(result.error)")
    return command
  }

  @Test("A name of one letter", arguments: ["inspect", "evaluate", "resume", "predict", "report", "compare", "export"])
  func oneLetter(name: String) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    for path in ["a", "é", "a/", "-"] {
      let more = ["predict": ["picture.png"], "export": ["--format", "onnx"]]
      let result = try command.run([name, path] + (more[name] ?? []))
      #expect([64, 65, 66].contains(result.status), "\(path): \(result.status) \(result.error)")
      #expect(result.error.hasPrefix("lockstep: "), "\(path): \(result.error)")
    }
    let newest = try #require(try command.files(in: "run").last { $0.hasPrefix("step-") })
    try command.write(command.bytes(of: "run/\(newest)"), to: "a")
    #expect(try command.run(["inspect", "a"]).status == 0)
  }

  @Test("A page goes where its path leads, and replaces nothing but files")
  func outputs() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    func report(_ path: String) throws -> Command.Result {
      try command.run(["report", "run", "--no-profile", "--output", path])
    }
    for path in ["p", "page.html"] {
      #expect(try report(path).status == 0)
      #expect(try command.read(path).hasPrefix("<!DOCTYPE html>"))
    }
    try FileManager.default.createSymbolicLink(
      atPath: command.directory.appendingPathComponent("link").path, withDestinationPath: "page.html")
    try command.write("old", to: "page.html")
    #expect(try report("link").status == 0)
    #expect(try command.read("page.html").hasPrefix("<!DOCTYPE html>"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(
        atPath: command.directory.appendingPathComponent("link").path) == "page.html")

    let piped = try command.output(
      ofShell:
        "mkfifo pipe; cat pipe >read & \"$LOCKSTEP\" report run --no-profile --output pipe; status=$?; wait; exit $status"
    )
    #expect(piped.status == 0, "\(piped.error)")
    #expect(try command.read("read").hasPrefix("<!DOCTYPE html>"))
    #expect(try report("/dev/null").status == 0)
    let full = try report("/dev/full")
    #expect(full.status == 74)
    #expect(full.error == "lockstep: cannot write /dev/full: No space left on device\n")
    for device in ["/dev/null", "/dev/full"] {
      let type = try FileManager.default.attributesOfItem(atPath: device)[.type] as? FileAttributeType
      #expect(type == .typeCharacterSpecial, "\(device)")
    }
  }

  @Test("Another run's logs: nothing is touched")
  func otherLogs() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    try command.write("other config", to: "other/config.json")
    try command.write("epoch,loss\n1,0.5\n", to: "other/metrics.csv")
    try command.write("{\"epoch\": 1}\n", to: "other/metrics.jsonl")
    let result = try command.run(["train", "c.json", "--run", "other", "--threads", "1"])
    #expect(result.status == 74)
    #expect(result.error.contains("move it away, or train into another directory (--run)"), "\(result.error)")
    #expect(try command.read("other/config.json") == "other config")
    #expect(try command.read("other/metrics.csv") == "epoch,loss\n1,0.5\n")
    #expect(try command.read("other/metrics.jsonl") == "{\"epoch\": 1}\n")
  }

  @Test("The folder that was named is described, whatever LOCKSTEP_DATA has")
  func describedFolder() throws {
    var command = try Self.prepared()
    defer { command.remove() }
    for (folder, count) in [("all/mnist", "40"), ("mine", "20")] {
      let drawn = try command.run(["data", "digits", folder, "--train", count, "--test", "10"])
      try #require(drawn.status == 0, "\(drawn.error)")
    }
    command.environment["LOCKSTEP_DATA"] = "all"
    let described = try command.run(["data", "describe", "mine"])
    #expect(described.output.hasPrefix("train: 20 samples"), "\(described.output)")
    // The other form of a file would be another data set of the same name.
    #expect(
      try command.run(["data", "digits", "mine", "--train", "5", "--test", "5", "--plain", "--force"]).status == 0)
    #expect(try command.files(in: "mine").allSatisfy { !$0.hasSuffix(".gz") })
    try command.write("", to: "file")
    for (folder, finding) in [("nowhere", "nowhere (there is no such folder)"), ("file", "file (which is no folder)")] {
      let missing = try command.run(["evaluate", "run", "--data", folder])
      #expect(missing.status == 66)
      #expect(missing.error.contains(" in \(finding); run 'lockstep data fetch mnist', or name another folder "))
    }
  }

  @Test("A name that is no UTF-8")
  func noText() throws {
    let command = try Command()
    defer { command.remove() }
    let result = try command.output(ofShell: "\"$LOCKSTEP\" inspect \"$(printf 'r\\377')\"")
    #expect(result.status == 64)
    #expect(
      result.error
        == "lockstep: argument 2, 'r\u{FFFD}', is not UTF-8; give the file another name, or reach it through a link\n")
  }

  @Test("A config of any name")
  func configNames() throws {
    let command = try Command()
    defer { command.remove() }
    for name in ["config", "c.JSON", "c.yaml"] {
      try command.write("\n  " + SmallConfigs.linear, to: name)
      let result = try command.run(["inspect", name])
      #expect(result.status == 0 && result.output.contains("output shape"), "\(name): \(result.error)")
    }
  }

  @Test("A download goes into a folder")
  func downloadIntoAFile() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write("", to: "file")
    let result = try command.run(["data", "fetch", "mnist", "--directory", "file", "--mirror", "file:///nowhere/"])
    #expect(result.status == 74)
    #expect(result.error == "lockstep: cannot write file: Not a directory\n", "\(result.error)")
  }
}
