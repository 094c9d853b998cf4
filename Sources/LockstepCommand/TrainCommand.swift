import ArgumentParser
import Settings
import Training

/// `lockstep train CONFIG`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network from a config.",
    discussion:
      "Ctrl-C finishes the step, saves and says how to go on; a second one ends at once. SIGUSR1 saves and goes on.")

  @Argument(help: "The run's config, a JSON file (see `lockstep schema`).")
  var config: String

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Continue the run directory's newest good checkpoint; start afresh where there is none.")
  var resume = false

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replace a value of the config, for example training.epochs=3. May be given often.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Directory of the run; by default Checkpoints/ and the config's name.", valueName: "dir"))
  var runDirectory: String?

  @OptionGroup var resuming: ResumeOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var watchdog: WatchdogOptions

  func run() throws {
    try Outcome.report {
      let config = try RunConfig(file: config, overrides: try overrides.map { try Override($0) })
      let path = runDirectory ?? RunDirectory.defaultPath(name: config.name)
      let session = RunSession(
        machine: try machine.machine(), progress: progress.progress, stallTimeout: watchdog.seconds)
      let lastStep = try RunDirectory.lastStep(in: path)
      let beginning: RunSession.Beginning = lastStep == nil ? .fresh : try self.beginning(of: config, in: path)
      try session.train(config, in: path, lastStep: lastStep, from: beginning)
    }
  }

  /// Where to begin in a directory that holds checkpoints.
  private func beginning(of config: RunConfig, in path: String) throws -> RunSession.Beginning {
    guard resume else { throw TrainingError.directoryInUse(path: path) }
    let newest = try RunDirectory.newestCheckpoint(in: path)
    Console.warn(ofSkipped: newest.skipped)
    guard let found = newest.found else {
      if !newest.skipped.isEmpty { Console.error("lockstep: no good checkpoint is left; starting afresh") }
      return .fresh
    }
    let earlier = try RunConfig(text: found.checkpoint.run.config, source: found.path)
    let differences = config.differences(from: earlier)
    guard differences.isEmpty else {
      throw TrainingError.otherConfig(path: found.path, differences: differences)
    }
    return .checkpoint(found.checkpoint, path: found.path, acceptsOtherBits: resuming.acceptOtherBits)
  }
}
