import Foundation
import Testing

/// What a run shows on real terminals: of any width, without colours, without UTF-8, in pipes.
@Suite("A run on a terminal", .enabled(if: PseudoTerminal.isAvailable))
struct TerminalTests {
  private static let environment = [
    "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "", "FORCE_COLOR": "", "CLICOLOR_FORCE": "",
    "CLICOLOR": "",
  ]

  private static func prepared(_ environment: [String: String] = [:]) throws -> Command {
    var command = try Command()
    command.environment = Self.environment.merging(environment) { $1 }
    try command.write(SmallConfigs.linear, to: "c.json")
    return command
  }

  /// Long enough to draw some bars: half a second or so.
  /// Batches so small that an epoch is longer than the bar waits between two drawings.
  private static let settings = [
    "training.epochs=20", "training.batchSize=4", "data.trainSamples=20000", "checkpoint.everySteps=1000",
  ]

  private static func arguments(_ further: [String] = [], settings: [String] = settings) -> [String] {
    ["train", "c.json", "--run", "run"] + settings.flatMap { ["--set", $0] } + further
  }

  /// Trains on a terminal, the summary going elsewhere: it holds paths, which may be of any length.
  private static func train(
    columns: Int, environment: [String: String] = [:], _ further: [String] = []
  ) throws -> String {
    let command = try prepared(environment)
    defer { command.remove() }
    let terminal = try PseudoTerminal(columns: columns)
    let status = try terminal.run(
      command, ["/bin/sh", "-c", "exec \"$0\" \"$@\" >answer", command.program.path] + arguments(further))
    #expect(status == 0)
    #expect(try command.read("answer").hasPrefix("finished    step 100,000 of 100,000 in "))
    return terminal.text
  }

  @Test("nothing is ever wrapped, and at the end a line is left for each epoch", arguments: [30, 40, 60, 80, 200])
  func widths(columns: Int) throws {
    let text = try Self.train(
      columns: columns, ["--set", "name=a-run-whose-name-is-as-long-as-names-of-runs-in-a-sweep-over-parameters-are"])
    let screen = Screen(text)
    #expect(screen.widest <= columns)
    #expect(text.contains("\u{1B}[K"), "no bar was drawn")
    let epochs = screen.lines.filter { $0.contains(columns < 60 ? "/20  " : "/20  loss ") }
    #expect(epochs.count == 20, "\(screen.lines)")
    #expect(epochs.allSatisfy { $0.contains(" %") })
    // The bar has been removed.
    #expect(screen.lines.last == "")
    #expect(!screen.lines.contains { $0.contains("━") })
  }

  @Test("a window that becomes narrow is drawn in from the next line on")
  func resized() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let terminal = try PseudoTerminal(columns: 200)
    let process = try terminal.start(
      command,
      [command.program.path] + Self.arguments(settings: ["training.epochs=100000", "data.trainSamples=20000"]))
    #expect(terminal.wait(for: "ETA", while: process))
    terminal.resize(columns: 50)
    let before = terminal.text.utf8.count
    Command.wait(while: process) { terminal.text.utf8.count > before + 2_000 }
    let text = String(decoding: terminal.text.utf8.dropFirst(before), as: UTF8.self)
    // What was on its way when the window changed is not meant.
    let drawings = text.split(separator: "\r").dropFirst(5).dropLast()
    #expect(drawings.count > 5)
    #expect(drawings.allSatisfy { Screen(String($0)).widest <= 50 })
    terminal.type("\u{3}")
    #expect(terminal.end(process) == 75)
  }

  @Test("colours are few, and none where nobody wants them")
  func colors() throws {
    let colored = try Self.train(columns: 80)
    let codes = Set(colored.matches(of: /\u{1B}\[([0-9;]*)m/).map { String($0.1) })
    #expect(codes.isSubset(of: ["0", "2", "31", "32", "33"]) && codes.contains("32"))
    for environment in [["NO_COLOR": "1"], ["CLICOLOR": "0"]] {
      let plain = try Self.train(columns: 80, environment: environment)
      #expect(plain.contains("━") && plain.contains("\u{1B}[K"))
      #expect(!plain.contains(/\u{1B}\[[0-9;]*m/))
    }
  }

  @Test("a terminal that understands nothing gets plain lines")
  func dumb() throws {
    let text = try Self.train(columns: 80, environment: ["TERM": "dumb"])
    #expect(!text.contains("\u{1B}") && !text.contains("━"))
    #expect(text.contains("epoch 20/20  loss "))
    // The terminal makes both of a line feed; lockstep itself writes no carriage return.
    #expect(text.replacing("\r\n", with: "\n").contains("\r") == false)
  }

  @Test("a terminal without UTF-8 gets ASCII, in the summary too")
  func ascii() throws {
    let command = try Self.prepared(["LC_ALL": "C"])
    defer { command.remove() }
    let terminal = try PseudoTerminal(columns: 100)
    #expect(try terminal.run(command, [command.program.path] + Self.arguments()) == 0)
    #expect(terminal.text.unicodeScalars.allSatisfy { $0.isASCII })
    #expect(terminal.text.contains("==") && terminal.text.contains(" -> "))
  }

  @Test("in a file there are plain lines without colours, unless they are forced")
  func file() throws {
    for (environment, isColored) in [([:], false), (["FORCE_COLOR": "1"], true)] {
      let command = try Self.prepared(environment)
      defer { command.remove() }
      let result = try command.run(Self.arguments())
      #expect(result.status == 0)
      #expect(result.error.contains("\u{1B}[") == isColored)
      #expect(!result.error.contains("\r") && !result.error.contains("━"))
      #expect(result.error.split(separator: "\n").count { $0.contains("/20") } >= 20)
      #expect(!result.output.contains("\u{1B}"))
    }
  }

  @Test("--quiet says nothing, and --progress none the summary alone")
  func quiet() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let quiet = try command.run(Self.arguments(["--quiet"]))
    #expect(quiet.status == 0 && quiet.error.isEmpty && quiet.output.isEmpty)
    let refused = try command.run(Self.arguments(["-q"]))
    #expect(refused.status == 64 && !refused.error.isEmpty)
    let none = try command.run(["resume", "run", "--epochs", "21", "--progress", "none"])
    #expect(none.status == 0 && none.error.isEmpty && none.output.hasPrefix("finished "))
  }

  @Test("the summary names the best epoch of the whole run, also of the part before a resume")
  func best() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    // So large a rate that the loss goes up and down.
    let settings = ["training.epochs=6", "training.optimizer.learningRate=0.3"]
    func bestOfLog() throws -> Int {
      let rows = try command.read("run/metrics.jsonl").split(separator: "\n").compactMap {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }.filter { $0["kind"] as? String == "epoch" }
      let losses = rows.compactMap { $0["evaluationLoss"] as? Double }
      return try #require(losses.indices.min { losses[$0] < losses[$1] }) + 1
    }
    func bestOf(_ summary: String) -> Int? {
      summary.firstMatch(of: /(?m)^best +epoch ([0-9]+)/).flatMap { Int($0.1) }
    }
    let first = try command.run(Self.arguments(["-q"], settings: settings))
    #expect(first.status == 0, "\(first.error)")
    for epochs in [7, 12] {
      let more = try command.run(["resume", "run", "--epochs", "\(epochs)", "--progress", "none"])
      #expect(more.status == 0, "\(more.error)")
      #expect(try bestOf(more.output) == bestOfLog(), "\(more.output)")
    }
  }

  @Test("Ctrl-C in a pipe with tee: the run is saved, the terminal says how to go on, and it goes on")
  func tee() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let terminal = try PseudoTerminal(columns: 80)
    let train = "\"$0\" \"$@\"; echo $? >status"
    let process = try terminal.start(
      command,
      ["/bin/sh", "-c", "trap : INT; { trap : INT; \(train); } 2>&1 | tee log", command.program.path]
        + Self.arguments(settings: ["training.epochs=3000", "checkpoint.everyEpochs=0"]))
    Command.wait(while: process) { command.rows(of: "run") >= 3 }
    terminal.type("\u{3}")
    _ = terminal.end(process)
    #expect(try command.read("status") == "75\n")
    #expect(terminal.text.contains("stopped     by SIGINT"), "\(terminal.text)")
    #expect(terminal.text.contains("/lockstep resume run"))
    #expect(try command.read("log").hasPrefix("linear: 7,850 parameters, 64 samples, 3,000 epochs of 4 steps, "))
    #expect(try command.expectGood("run"))
    let rest = try command.run(["resume", "run", "--progress", "none"])
    #expect(rest.status == 0 && rest.output.hasPrefix("finished    step 12,000 of 12,000 in "), "\(rest.error)")
  }
}
