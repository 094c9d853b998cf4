import ArgumentParser
import Training

/// `lockstep train CONFIG`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network from a config.",
    discussion: """
      Ctrl-C (or SIGTERM, or a terminal that is closed) finishes the step, saves and says how to go on; a second one \
      ends at once. SIGUSR1 saves and goes on.

      Examples:
        lockstep train Configs/digits.json
        lockstep train Configs/mnist-cnn.json --threads 8 --set training.epochs=3
      """)

  @Argument(help: "The run's config, a JSON file (see 'lockstep schema').", completion: .config)
  var config: String

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Continue the run directory's newest good checkpoint; start afresh where there is none.")
  var resume = false

  @OptionGroup var changes: OverrideOptions
  @OptionGroup var directory: RunDirectoryOptions
  @OptionGroup var resuming: ResumeOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var watchdog: WatchdogOptions

  func run() throws {
    try Outcome.report {
      let config = try RunConfig(file: config, overrides: try changes.values())
      let path = directory.path ?? RunDirectory.defaultPath(name: config.name)
      let session = RunSession(
        machine: try machine.machine(), progress: progress, stallTimeout: watchdog.seconds)
      let beginning = try RunBeginning(
        newestOf: config, in: path, resumes: resume, acceptsOtherBits: resuming.acceptOtherBits,
        passedOver: Console.warn(ofSkipped:))
      if beginning.checkpoint == nil, beginning.lastStep != nil {
        Console.error("lockstep: no good checkpoint is left; starting afresh")
      }
      try session.train(config, in: path, from: beginning)
    }
  }
}
