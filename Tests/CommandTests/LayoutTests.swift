import Foundation
import Pictures
import Testing

/// Answers on narrow terminals, and in files, where nothing is narrow.
@Suite("Answers fit the terminal", .enabled(if: PseudoTerminal.isAvailable))
struct LayoutTests {
  /// A directory with a run, whose directory has a long name, and a picture that has one too.
  private static func prepared() throws -> Command {
    var command = try Command()
    command.environment = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": ""]
    try command.write(SmallConfigs.linear, to: "c.json")
    let result = try command.run(["train", "c.json", "--run", run, "--progress", "none"])
    try #require(result.status == 0, "\(result.error)")
    let page = Picture(width: 28, height: 28, channels: .grey, bytes: [UInt8](repeating: 0, count: 28 * 28))
    try command.write(PNG.encode(page), to: picture)
    return command
  }

  private static let run = "Checkpoints/a-run-of-a-sweep-with-learning-rate-0.001"
  private static let picture = "pictures/2026-11-26/a-scan-with-a-long-name.png"

  /// What a terminal of some columns shows of an answer.
  private static func shown(_ command: Command, _ arguments: [String], columns: Int) throws -> Screen {
    let terminal = try PseudoTerminal(columns: columns)
    #expect(try terminal.run(command, [command.program.path] + arguments) == 0)
    return Screen(terminal.text)
  }

  @Test(
    "predict lists many classes below the picture's name", arguments: [40, 60, 80])
  func predict(columns: Int) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let arguments = ["predict", Self.run, Self.picture, "--top", "10"]
    let screen = try Self.shown(command, arguments, columns: columns)
    #expect(screen.widest <= columns)
    #expect(screen.lines[0].hasPrefix("pictures/2026-") && screen.lines[0].contains("name.png"), "\(screen.lines)")
    // Ten classes, each with its share.
    let words = screen.lines.dropFirst().flatMap { $0.split(separator: " ") }.filter { $0 != "blank" }
    #expect(words.count == 30, "\(words)")
    let classes = stride(from: 0, to: words.count, by: 3).map { words[$0] }
    #expect(Set(classes.compactMap { Int($0) }) == Set(0..<10))
    #expect(stride(from: 2, to: words.count, by: 3).allSatisfy { words[$0] == "%" })

    let file = try command.run(arguments)
    #expect(file.output.hasPrefix("picture ") && file.output.split(separator: "\n").count == 3, "\(file.output)")
    #expect(file.output.contains("\(Self.picture)  "))
    var narrow = command
    narrow.environment["COLUMNS"] = "\(columns)"
    let asked = try narrow.run(arguments).output.split(separator: "\n")
    #expect(asked.map(String.init) == screen.lines.filter { !$0.isEmpty })
  }

  @Test(
    "inspect --verify keeps the names of files whole, and lists them where a table has no room",
    arguments: [50, 60, 80])
  func verify(columns: Int) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let files = try command.files(in: Self.run)
    let screen = try Self.shown(command, ["inspect", "--verify", Self.run], columns: columns)
    // A path is never cut.
    #expect(screen.widest <= max(columns, Self.run.count + 1), "\(screen.lines)")
    #expect(files.allSatisfy { file in screen.lines.contains { $0 == file || $0.hasPrefix("\(file)  ") } })
    #expect(screen.lines.contains { $0.hasPrefix("  good: checkpoint, ") } == (columns < 80), "\(screen.lines)")
    #expect(screen.lines.contains { $0.hasPrefix("file ") } == (columns == 80))
    #expect(screen.lines.joined(separator: " ").hasSuffix("\(files.count) files, \(files.count) good, 0 damaged "))
    let file = try command.run(["inspect", "--verify", Self.run])
    #expect(files.allSatisfy { file.output.contains("\($0)  ") }, "\(file.output)")
  }

  @Test("compare keeps nine runs with long names in the terminal", arguments: [40, 60, 80])
  func compare(columns: Int) throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let other = "\(Self.run)5"
    let changes = [
      "--set", "seed=8", "--set", #"model.layers=["flatten",{"type":"dense","units":16},{"type":"dense","units":10}]"#,
    ]
    #expect(try command.run(["train", "c.json", "--run", other, "--progress", "none"] + changes).status == 0)
    for number in 1...7 { #expect(try command.shell("cp -r \(Self.run) \(Self.run)-copy-\(number)") == 0) }
    let runs = [Self.run, other] + (1...7).map { "\(Self.run)-copy-\($0)" }
    let screen = try Self.shown(command, ["compare"] + runs, columns: columns)
    #expect(screen.widest <= columns, "\(screen.lines)")
    #expect(
      screen.lines.count { $0.hasPrefix("a-run") && $0.hasSuffix(" s") || $0.contains("3/3") } == 9, "\(screen.lines)")
    let file = try command.run(["compare"] + runs).output
    #expect(runs.allSatisfy { file.contains("\n\($0.split(separator: "/")[1])  ") }, "\(file)")
  }

  @Test("an example in the help is one line, for copying, on terminals of any width", arguments: [50, 60, 80, 120])
  func help(columns: Int) throws {
    var command = try Command()
    defer { command.remove() }
    command.environment["COLUMNS"] = "\(columns)"
    let names = ["train", "resume", "evaluate", "predict", "report", "compare", "bench", "import"]
    for name in names {
      let text = try command.run(["help", name]).output
      let (lines, unbroken) = (text.split(separator: "\n"), try Self.wide(command, name))
      let examples = unbroken.filter { $0.hasPrefix("  lockstep ") }
      #expect(!examples.isEmpty && examples.allSatisfy { lines.contains($0) }, "\(text)")
      let overview = text.components(separatedBy: "\n\nUSAGE: ")[0].split(separator: "\n")
      #expect(overview.filter { !$0.hasPrefix("  lockstep ") }.allSatisfy { $0.count <= columns }, "\(overview)")
      #expect(text.hasPrefix("OVERVIEW: ") && text.contains("\n\nUSAGE: lockstep \(name) "))
    }
  }

  /// The lines of a command's help where there is room for all.
  private static func wide(_ command: Command, _ name: String) throws -> [Substring] {
    var command = command
    command.environment["COLUMNS"] = "1000"
    return try command.run(["help", name]).output.split(separator: "\n")
  }
}
