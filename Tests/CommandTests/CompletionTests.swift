import Foundation
import Testing

/// The scripts of `--generate-completion-script` in the shells that they are for.
@Suite("Completions")
struct CompletionTests {
  /// What is typed, and what a shell must offer for its last word.
  struct Case: Sendable, CustomTestStringConvertible {
    let typed: String
    let offered: [String]
    var testDescription: String { typed }
  }

  static let cases: [Case] = [
    Case(typed: "lockstep ins", offered: ["inspect"]),
    Case(typed: "lockstep data ", offered: ["fetch", "digits", "describe"]),
    Case(typed: "lockstep data fetch ", offered: ["mnist"]),
    Case(typed: "lockstep train co", offered: ["config.json"]),
    Case(typed: "lockstep train --stall", offered: ["--stall-timeout"]),
    Case(typed: "lockstep train config.json --progress ", offered: ["auto", "bar", "plain", "none"]),
    Case(typed: "lockstep train config.json --set training.batch", offered: ["training.batchSize="]),
    Case(typed: "lockstep resume runs/", offered: ["runs/digits"]),
    Case(typed: "lockstep export runs/digits --format ", offered: ["onnx", "keras"]),
    Case(typed: "lockstep evaluate runs/digits/", offered: ["runs/digits/step-1.weights.h5"]),
  ]

  /// Files that must never be offered where a config or a checkpoint is expected.
  private static let strangers = ["notes.txt", "metrics.csv"]

  private static func prepared(for shell: String) throws -> Command? {
    guard try Command("lockstep").shell("command -v \(shell) >/dev/null") == 0 else {
      print("skipped: no \(shell)")
      return nil
    }
    var command = try Command()
    command.environment["PATH"] =
      command.program.deletingLastPathComponent().path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    command.environment["HOME"] = command.directory.path
    command.environment["TERM"] = "dumb"
    for name in ["config.json", "notes.txt", "runs/digits/step-1.weights.h5", "runs/digits/metrics.csv"] {
      try command.write("", to: name)
    }
    let script = try command.run(["--generate-completion-script", shell])
    #expect(script.status == 0)
    try command.write(script.output, to: "completions/_lockstep")
    return command
  }

  private static func expect(_ offered: [String], _ test: Case) {
    for word in test.offered {
      #expect(
        offered.contains { $0 == word || $0 == word + "/" || (word.hasSuffix("=") && $0.hasPrefix(word)) },
        "\(word) is not among \(offered)")
    }
    #expect(!offered.contains { word in strangers.contains { word.hasSuffix($0) } }, "\(offered)")
  }

  @Test("bash", arguments: cases)
  func bash(test: Case) throws {
    guard let command = try Self.prepared(for: "bash") else { return }
    defer { command.remove() }
    // As readline does: the words, the place, and the function that `complete` was given.
    let script = """
      source completions/_lockstep
      COMP_LINE=$1; COMP_POINT=${#1}; read -ra COMP_WORDS <<<"$1"
      [[ $1 != *' ' ]] || COMP_WORDS+=('')
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      [[ $(complete -p lockstep) == *'-F _lockstep lockstep' ]] || exit 1
      _lockstep lockstep "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    var shell = command
    shell.program = URL(fileURLWithPath: "/bin/bash")
    let result = try shell.run(["--norc", "-c", script, "bash", test.typed])
    #expect(result.error.isEmpty)
    Self.expect(result.output.split(separator: "\n").map(String.init), test)
  }

  @Test("fish", arguments: cases)
  func fish(test: Case) throws {
    // fish asks for words that the program offers only at a real prompt.
    guard !test.typed.contains("--set"), let command = try Self.prepared(for: "fish") else { return }
    defer { command.remove() }
    var shell = command
    shell.program = URL(fileURLWithPath: "/usr/bin/env")
    let result = try shell.run([
      "fish", "--no-config", "-c", "source completions/_lockstep; complete --do-complete $argv[1]", test.typed,
    ])
    #expect(result.error.isEmpty)
    // Each word may be followed by a description.
    Self.expect(
      result.output.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }, test)
  }

  @Test("zsh", arguments: cases)
  func zsh(test: Case) throws {
    guard let command = try Self.prepared(for: "zsh"), PseudoTerminal.isAvailable else { return }
    defer { command.remove() }
    let terminal = try PseudoTerminal(columns: 200)
    let process = try terminal.start(command, ["/usr/bin/env", "zsh", "-f", "-i"])
    // Ctrl-X lists what the completion system would offer, a word a line, into a file.
    let setup = """
      fpath=($PWD/completions $fpath); autoload -Uz compinit; compinit -u -D
      list() { compadd() { local -a words; builtin compadd -O words "$@"; print -rl -- "${(@)words/#/$IPREFIX}" >>offered; \
      builtin compadd "$@" }; _main_complete; print end >>offered }
      zle -C list complete-word list; bindkey '^X' list; print ready

      """
    terminal.type(setup)
    #expect(terminal.wait(for: "ready\r\n", while: process))
    terminal.type(test.typed + "\u{18}")
    Command.wait(while: process) { (try? command.read("offered").hasSuffix("end\n")) ?? false }
    terminal.type("\u{15}exit\n")
    _ = terminal.end(process)
    // Of a path, zsh offers the last part.
    let wanted = test.offered.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    Self.expect(
      try command.read("offered").split(separator: "\n").map(String.init), Case(typed: test.typed, offered: wanted))
  }
}
