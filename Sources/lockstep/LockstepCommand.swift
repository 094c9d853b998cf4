import ArgumentParser
import Checkpoints
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

      Exit codes: 0 done, 64 usage, 65 bad data or checkpoint, 66 input missing or unreadable, 70 a \
      fault of the program or a step that does not end, 74 cannot write, 75 stopped by a signal after a good save (resume goes on), 78 bad config, 130 second Ctrl-C.
      """,
    version: Lockstep.version,
    subcommands: [
      TrainCommand.self, ResumeCommand.self, EvaluateCommand.self, PredictCommand.self, InspectCommand.self,
      BenchCommand.self, ImportCommand.self, ServeCommand.self, ReadWeightsCommand.self, DataCommand.self,
      SchemaCommand.self,
    ])

  /// Messages about arguments begin as all others do.
  static var _errorLabel: String { "lockstep" }

  /// The program's entry.
  static func main() {
    Console.occupyStandardDescriptors()
    SignalWatcher.prepareProcess()
    HDF5Library.limitArenas()
    main(nil)
  }

  /// Without a subcommand nothing can be done.
  func run() throws { throw Outcome.needsSubcommand(LockstepCommand.self) }
}
