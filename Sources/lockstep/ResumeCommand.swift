import ArgumentParser
import Checkpoints
import Settings
import Training

/// Options of commands that take up a run.
struct ResumeOptions: ParsableArguments {
  @Flag(help: "Go on although the checkpoint was made with another instruction set, whose kernels round differently.")
  var acceptOtherBits = false
}

/// `lockstep resume RUN_OR_CHECKPOINT`
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Continue a run; the config comes out of the checkpoint.",
    discussion: "The result has the same bits as if the run had never stopped, whatever the number of threads.")

  @Argument(
    help: ArgumentHelp(
      "A run directory (its newest good checkpoint is taken) or a checkpoint.", valueName: "run or checkpoint"))
  var path: String

  @OptionGroup var machine: MachineOptions

  @Option(help: ArgumentHelp("Train to this number of epochs in all, instead of the config's.", valueName: "n"))
  var epochs: Int?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Go on in another directory; the old one stays as it is.", valueName: "dir"))
  var runDirectory: String?

  @OptionGroup var resuming: ResumeOptions
  @OptionGroup var progress: ProgressOptions

  func run() throws {
    try Outcome.report {
      let source = try CheckpointSource(path)
      if let newer = source.newerPath, runDirectory == nil {
        throw TrainingError.newerCheckpoint(asked: source.path, newest: newer)
      }
      let overrides = try epochs.map { [try Override("training.epochs=\($0)")] } ?? []
      let config = try RunConfig(text: source.checkpoint.run.config, source: source.path, overrides: overrides)
      let session = RunSession(machine: try machine.machine(), progress: progress.progress)
      try session.train(
        config, in: runDirectory ?? source.directory,
        from: .checkpoint(source.checkpoint, path: source.path, acceptsOtherBits: resuming.acceptOtherBits))
    }
  }
}
