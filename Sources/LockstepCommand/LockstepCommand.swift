import ArgumentParser
import Checkpoints
import Glibc
import Training

/// The command line: every subcommand reads arguments, calls the floors below and prints.
@main
struct LockstepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lockstep",
    abstract: "Trains neural networks on the cores of a Linux server.",
    discussion: """
      A run is described by one JSON file. It trains with the same bits on any number of threads, can be stopped and \
      resumed at any moment, and writes checkpoints that Keras reads.

      A first run, on digits that the program draws itself:
        lockstep train Configs/digits.json
        lockstep evaluate Checkpoints/digits

      Exit codes: \(Outcome.documentation.map { "\($0.code) \($0.meaning)" }.joined(separator: "; ")).
      """,
    version: LockstepVersion.current,
    subcommands: [
      TrainCommand.self, ResumeCommand.self, EvaluateCommand.self, PredictCommand.self, InspectCommand.self,
      ReportCommand.self, CompareCommand.self, BenchCommand.self, ExportCommand.self, ImportCommand.self,
      ServeCommand.self, ReadWeightsCommand.self, DataCommand.self, SchemaCommand.self, ManualCommand.self,
    ])

  /// Messages about arguments begin as all others do.
  static var _errorLabel: String { "lockstep" }

  /// The program's entry.
  static func main() {
    Console.occupyStandardDescriptors()
    SignalWatcher.prepareProcess()
    AllocationArenas.limit()
    if let number = CommandLine.indexOfUnreadableArgument {
      // Swift would put other characters in its place, and look for a file that is not there.
      Console.error(
        "lockstep: argument \(number), '\(CommandLine.arguments[number])', is not UTF-8; give the file another name, or "
          + "reach it through a link")
      Glibc.exit(Outcome.usage.rawValue)
    }
    if let empty = EmptyArgument(in: CommandLine.arguments.dropFirst()) {
      Console.error("lockstep: \(empty)")
      Glibc.exit(Outcome.usage.rawValue)
    }
    if let unknown = UnknownCommand(in: CommandLine.arguments.dropFirst(), of: LockstepCommand.self) {
      Console.error("lockstep: \(unknown)")
      Glibc.exit(Outcome.usage.rawValue)
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// Ends the process as the library would, but for what it prints: help, version and completions are answers, which reach their reader
  /// or are an error, and what it says of options that it does not know is looked over.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let text = HelpText.text { fullMessage(for: error, columns: $0) }
    // What a command has said itself has no text here.
    if !text.isEmpty, [.success, .validationFailure].contains(code),
      let misread = MisreadOption(in: CommandLine.arguments.dropFirst(), isHelp: code == .success)
    {
      Console.error("lockstep: \(misread)")
      Glibc.exit(Outcome.usage.rawValue)
    }
    guard code == .success else {
      if !text.isEmpty { Console.error(MisreadOption.withoutFarSuggestion(text)) }
      Glibc.exit(code.rawValue)
    }
    do {
      try Console.answer(text)
      Glibc.exit(code.rawValue)
    } catch {
      Console.error("lockstep: \(error)")
      Glibc.exit(Outcome(of: error).rawValue)
    }
  }

  /// Without a subcommand nothing can be done.
  func run() throws { throw Outcome.needsSubcommand(LockstepCommand.self) }
}

extension CommandLine {
  /// The first argument whose bytes are no UTF-8; nil where all are.
  fileprivate static var indexOfUnreadableArgument: Int? {
    (1..<max(1, Int(argc))).first { index in unsafeArgv[index].map { String(validatingCString: $0) == nil } ?? false }
  }
}
