import Foundation
import Testing

/// Calls that the program cannot understand or must not follow.
@Suite("A bad call is refused in words")
struct BadUsageTests {
  private static let trainUsage = """
    Usage: lockstep train <config> [--threads <n>] [--resume] [--set <path=value> ...] [--run <dir>] \
    [--accept-other-bits] [--progress <mode>] [--quiet] [--stall-timeout <seconds>]
      See 'lockstep train --help' for more information.
    """

  private static func train(_ name: String, _ options: [String], _ message: String) -> BadInput {
    BadInput(name, ["train", "c.json"] + options, error: "lockstep: \(message)\n\(trainUsage)", status: 64)
  }

  /// A call in a directory with a config.
  private static func call(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], status: Int32, _ message: String,
    prepare: @escaping @Sendable (Command) throws -> Void = { _ in }
  ) -> BadInput {
    BadInput(name, arguments, environment: environment, error: "lockstep: \(message)", status: status) {
      try $0.write(SmallConfigs.linear, to: "c.json")
      try prepare($0)
    }
  }

  private static func bench(_ name: String, _ options: [String], _ message: String) -> BadInput {
    BadInput(
      name, ["bench", "c.json"] + options,
      error: """
        lockstep: \(message)
        Usage: lockstep bench <config> [--threads <n,…>] [--seconds <s>] [--set <path=value> ...] [--json] [--trace <file>] \
        [--svg <file>]
          See 'lockstep bench --help' for more information.
        """, status: 64)
  }

  private static let benchCases =
    [
      ("threads in words", "1,two"), ("a thread list that ends with a comma", "1,"), ("no thread at all", "1,0"),
      ("too many threads", "129"), ("a number of threads twice", "2,4,2"), ("a negative number of threads", "-1"),
    ].map { name, list in
      bench(
        name, ["--threads=\(list)"],
        "--threads is \(list); expected different numbers from 1 to 128, separated by commas")
    } + [
      bench("no time to measure", ["--seconds", "0"], "--seconds is 0; expected 0.1 to 3600"),
      bench("no number of seconds", ["--seconds", "nan"], "--seconds is nan; expected 0.1 to 3600"),
    ]

  /// Words that begin with a dash, and are no options.
  private static let dashes = [
    call(
      "a picture whose name begins with a dash, and has an h", ["predict", "run", "-dash.png"], status: 64,
      "'-dash.png' begins with a dash, as options do; for the file of this name write './-dash.png'"),
    call(
      "a config whose name begins with a dash", ["train", "-c.json"], status: 64,
      "'-c.json' begins with a dash, as options do; for the file of this name write './-c.json'"),
    call(
      "an option with a dash too few", ["train", "c.json", "-threads", "3"], status: 64,
      "there is no option '-threads'; names of several letters begin with two dashes: '--threads'"),
  ]

  private static func empty(_ name: String, _ arguments: [String], _ place: String) -> BadInput {
    call(
      name, arguments, status: 64,
      "argument \(place), where a path or a value is expected; is a variable of the shell not set?")
  }

  private static let emptyWords = [
    empty("an empty checkpoint", ["evaluate", ""], "2 is empty"),
    empty("an empty config", ["train", ""], "2 is empty"),
    empty("an empty path", ["inspect", ""], "2 is empty"),
    empty("an empty run", ["compare", "run", ""], "3 is empty"),
    empty("an empty run directory", ["train", "c.json", "--run", ""], "4 is empty"),
    empty("an empty run directory in one word", ["train", "c.json", "--run="], "3, '--run=', has an empty value"),
  ]

  /// Numbers that are out of range, each as an option and its value, with what is expected.
  private static let numbers: [(arguments: [String], expected: String)] = [
    (["predict", "run", "x.png", "--top", "-1"], "1 or more"),
    (["serve", "run", "--port", "-1"], "0 to 65535"), (["serve", "run", "--port", "65536"], "0 to 65535"),
    (["serve", "run", "--threads", "-1"], "1 to 128"), (["serve", "run", "--max-body", "-1"], "1024 to 1073741824"),
    (["serve", "run", "--max-connections", "-1"], "1 to 10000"),
    (["serve", "run", "--request-timeout", "-1.0"], "0.1 to 3600"),
    (["resume", "run", "--epochs", "-1"], "1 to 1000000"),
    (["train", "c.json", "--stall-timeout", "-1"], "0, or 0.1 to 1000000"),
    (["bench", "c.json", "--seconds", "-1"], "0.1 to 3600"),
    (["bench", "c.json", "--threads", "-1"], "different numbers from 1 to 128, separated by commas"),
    (["data", "digits", "d", "--train", "-1"], "1 to 1000000"),
    (["data", "digits", "d", "--test", "-1"], "1 to 1000000"),
    (["data", "digits", "d", "--seed", "-1"], "0 or more"),
  ]

  @Test("a number out of range is answered with the range, also behind a dash", arguments: numbers)
  func outOfRange(arguments: [String], expected: String) throws {
    let command = try Command()
    defer { command.remove() }
    let result = try command.run(arguments, limit: 60)
    let (option, value) = (arguments[arguments.count - 2], arguments[arguments.count - 1])
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(
      result.error.hasPrefix("lockstep: \(option) is \(value); expected \(expected)\n"), "\(result.error)")
  }

  @Test("behind two dashes all words are names")
  func terminator() throws {
    let command = try Command()
    defer { command.remove() }
    for arguments in [["inspect", "--", "-dash.json"], ["inspect", "./-dash.json"]] {
      try command.write(SmallConfigs.linear, to: "-dash.json")
      let result = try command.run(arguments, limit: 60)
      #expect(result.status == 0 && result.output.contains("output shape"), "\(result.error)")
    }
    // The help is asked for, whatever the file is called.
    #expect(
      try command.run(["predict", "run", "-dash.png", "--help"]).output.hasPrefix("OVERVIEW: Recognise pictures."))
    #expect(try command.run(["train", "-help"]).output.hasPrefix("OVERVIEW: Train a network"))
  }

  static let cases: [BadInput] =
    [
      BadInput(
        "an unknown command", ["trian"],
        error:
          "lockstep: 'lockstep' has no command 'trian'; did you mean 'lockstep train'? 'lockstep --help' lists all commands",
        status: 64),
      BadInput(
        "an unknown command below another", ["data", "ftech", "mnist"],
        error: "lockstep: 'lockstep data' has no command 'ftech'; did you mean 'lockstep data fetch'? "
          + "'lockstep data --help' lists all commands",
        status: 64),
      BadInput(
        "help on an unknown command", ["help", "evalute"],
        error: "lockstep: 'lockstep' has no command 'evalute'; did you mean 'lockstep evaluate'? "
          + "'lockstep --help' lists all commands",
        status: 64),
      BadInput(
        "a command that resembles none", ["frobnicate", "--now"],
        error: "lockstep: 'lockstep' has no command 'frobnicate'; 'lockstep --help' lists all commands", status: 64),
      BadInput(
        "a config without a command", ["c.json"],
        error: "lockstep: 'lockstep' has no command 'c.json'; to train a config: 'lockstep train c.json'", status: 64),
      call(
        "a checkpoint for a config", ["train", "c.weights.h5"], status: 78,
        "c.weights.h5 is a checkpoint, but a config is expected, a JSON file; 'lockstep resume' goes on from a checkpoint"
      ) { try $0.write([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0], to: "c.weights.h5") },
      call(
        "a config for a checkpoint", ["resume", "c.json"], status: 65, "c.json: not an HDF5 file, so not a checkpoint"),
      call("an empty directory for a run", ["evaluate", "empty"], status: 66, "empty holds no checkpoint") {
        try FileManager.default.createDirectory(
          at: $0.directory.appendingPathComponent("empty"), withIntermediateDirectories: true)
      },
      call(
        "a directory for a config", ["bench", "."], status: 66,
        ". is a directory, but a config is expected, a JSON file"),
      call(
        "a run's directory for a config", ["train", "run/"], status: 66,
        "run/ is a directory, but a config is expected, a JSON file; "
          + "'lockstep resume run/' goes on with the run in it, whose config is its config.json"
      ) { try $0.write("{}", to: "run/config.json") },
      call(
        "a checkpoint below a file", ["evaluate", "c.json/x"], status: 66,
        "c.json/x: cannot be read: Not a directory (errno 20)"),
      call("nothing for a run", ["inspect", "nowhere"], status: 66, "nowhere: no such file"),
      train("no thread", ["--threads", "0"], "--threads is 0; expected 1 to 128"),
      train("a thousand threads", ["--threads", "1000"], "--threads is 1000; expected 1 to 128"),
      train("a thread less than none", ["--threads=-1"], "--threads is -1; expected 1 to 128"),
      train(
        "threads in words", ["--threads", "x"],
        """
        The value 'x' is invalid for '--threads <n>'
        Help:  --threads <n>  Worker threads; by default one for each processor that affinity and cgroup quota allow. \
        Does not change the result.
        """),
      train("a thread less than none, as two words", ["--threads", "-1"], "--threads is -1; expected 1 to 128"),
      train("an option that resembles none", ["--frob"], "Unknown option '--frob'"),
      train("an option that is misspelt", ["--thread", "3"], "Unknown option '--thread'. Did you mean '--threads'?"),
      train("an unknown option", ["--epochs", "3"], "Unknown option '--epochs'"),
      BadInput(
        "no epoch", ["resume", "run", "--epochs", "0"],
        error: """
          lockstep: --epochs is 0; expected 1 to 1000000
          Usage: lockstep resume <run-or-checkpoint> [--threads <n>] [--epochs <n>] [--run <dir>] \
          [--accept-other-bits] [--progress <mode>] [--quiet] [--stall-timeout <seconds>]
            See 'lockstep resume --help' for more information.
          """, status: 64),
      BadInput(
        "the digest of a config", ["inspect", "c.json", "--digest"],
        error: """
          lockstep: --digest needs a checkpoint or a run directory, not a config
          Usage: lockstep inspect <path> [--digest] [--verify] [--json]
            See 'lockstep inspect --help' for more information.
          """, status: 64),
      BadInput(
        "no digit to draw", ["data", "digits", "d", "--test", "0"],
        error: """
          lockstep: --test is 0; expected 1 to 1000000
          Usage: lockstep data digits <directory> [--train <n>] [--test <n>] [--seed <n>] [--force] [--plain]
            See 'lockstep data digits --help' for more information.
          """, status: 64),
    ] + benchCases + dashes + emptyWords + [
      call(
        "an unknown instruction set", ["train", "c.json"], environment: ["LOCKSTEP_ISA": "nonsense"], status: 64,
        "LOCKSTEP_ISA is 'nonsense'; expected one of avx512, avx2, portable"),
      call(
        "training twice in one directory", ["train", "c.json", "--run", "run"], status: 64,
        "run already holds checkpoints; add --resume to continue them, or --run DIR to train elsewhere"
      ) { _ = try $0.run(["train", "c.json", "--run", "run", "--progress", "none"]) },
      call(
        "a file for a run directory", ["train", "c.json", "--run", "c.json"], status: 74,
        "cannot write c.json: create directory: File exists (errno 17)"),
      call(
        "a run directory inside a file", ["train", "c.json", "--run", "c.json/run"], status: 74,
        "cannot write c.json/run: create directory of c.json: File exists (errno 17)"),
      call(
        "a run directory that cannot be made", ["train", "c.json", "--run", "/proc/run"], status: 74,
        "cannot write /proc/run: create directory: No such file or directory (errno 2)"),
      BadInput(
        "digits where nothing can be written", ["data", "digits", "/proc/digits", "--train", "1", "--test", "1"],
        error: "lockstep: cannot write /proc/digits: No such file or directory", status: 74),
    ]

  @Test(arguments: cases)
  func isRefused(bad: BadInput) throws { try bad.check() }

  @Test("nothing asked for: the help, and no success", arguments: [[], ["data"]])
  func nothing(arguments: [String]) throws {
    let command = try Command()
    defer { command.remove() }
    let result = try command.run(arguments, limit: 60)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.error.contains("USAGE: \((["lockstep"] + arguments).joined(separator: " ")) <subcommand>"))
  }

  @Test("two processes in one run directory; a second Ctrl-C ends at once")
  func locked() throws {
    let command = try Command()
    defer { command.remove() }
    // A step that takes seconds on any machine.
    let layer = #"{"type":"conv2d","filters":64,"kernel":7,"padding":"same"}"#
    try command.write(SmallConfigs.linear, to: "c.json")
    let options = [
      "--run", "run", "--threads", "1", "--set",
      #"model.layers=[\#(layer),\#(layer),{"type":"flatten"},{"type":"dense","units":10}]"#,
      "--set", "data.trainSamples=2000", "--set", "training.batchSize=2000",
    ]
    let first = try command.run(["train", "c.json"] + options, limit: 120) { process in
      while process.isRunning, (try? command.read("run/metrics.jsonl")) == nil { usleep(10_000) }
      let second = try? command.run(["train", "c.json", "--run", "run", "--progress", "none"], limit: 60)
      #expect(
        second?.error
          == "lockstep: run is in use by process \(process.processIdentifier); wait for it, or use --run DIR\n")
      #expect(second?.status == 74)
      for _ in 0..<2 {
        kill(process.processIdentifier, SIGINT)
        usleep(500_000)
      }
    }
    #expect(first.status == 130)
    #expect(first.error.hasSuffix("\nlockstep: ended at once; steps after the last checkpoint are lost\n"))
  }

  @Test("a Ctrl-C that arrives twice at once, as from `timeout`, is one Ctrl-C")
  func oneRequestTwice() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    let options = ["--run", "run", "--set", "training.epochs=100000"]
    let result = try command.run(["train", "c.json"] + options, limit: 120) { process in
      while process.isRunning, (try? command.read("run/metrics.jsonl")) == nil { usleep(10_000) }
      kill(process.processIdentifier, SIGINT)
      usleep(10_000)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(result.status == 75)
    #expect(result.output.contains("stopped     by SIGINT"))
  }

  @Test("an answer that cannot be written is no success")
  func fullOutput() throws {
    let command = try Command()
    defer { command.remove() }
    let error = command.directory.appendingPathComponent("error")
    for (target, reason) in [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-c", "exec \"$0\" schema \(target) 2>\"$1\"", command.program.path, error.path]
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 74)
      #expect(try command.read("error") == "lockstep: cannot write standard output: \(reason)\n")
    }
  }

  @Test("messages never go into the files of a run whose caller closed the standard descriptors")
  func closedDescriptors() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.currentDirectoryURL = command.directory
    shell.arguments = ["-c", "exec \"$0\" train c.json --run run <&- >&- 2>&-", command.program.path]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    #expect(try command.digest(of: "run").count == 64)
    #expect(try command.read("run/lock") == "\(shell.processIdentifier)\n")
    #expect(try command.read("run/metrics.jsonl").split(separator: "\n").allSatisfy { $0.hasPrefix("{\"kind\":") })
  }
}
