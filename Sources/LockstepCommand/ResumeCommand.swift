import ArgumentParser
import Checkpoints
import Glibc
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
    discussion: """
      The result has the same bits as if the run had never stopped, whatever the number of threads. A checkpoint that \
      lies in no run's directory goes on in one of its own: --run, or else Checkpoints/ and the config's name.

      Examples:
        lockstep resume Checkpoints/mnist-cnn --threads 3
        lockstep resume Checkpoints/mnist-cnn --epochs 20 --run Checkpoints/longer
      """)

  @Argument(
    help: ArgumentHelp(
      "A run directory (its newest good checkpoint is taken) or a checkpoint.", valueName: "run-or-checkpoint"),
    completion: .checkpoint)
  var path: String

  @OptionGroup var machine: MachineOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Train to this number of epochs in all, instead of the config's.", valueName: "n"))
  var epochs: Int?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Go on in another directory; the old one stays as it is.", valueName: "dir"),
    completion: .directory)
  var runDirectory: String?

  @OptionGroup var resuming: ResumeOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var watchdog: WatchdogOptions

  func validate() throws {
    if let epochs, !(1...1_000_000).contains(epochs) {
      throw ValidationError("--epochs is \(epochs); expected 1 to 1000000")
    }
  }

  func run() throws {
    try Outcome.report {
      let source = try CheckpointSource(path)
      let overrides = try epochs.map { [try Override("training.epochs=\($0)")] } ?? []
      let config = try RunConfig(text: source.checkpoint.run.config, source: source.path, overrides: overrides)
      let directory = try directory(for: source, named: config.name)
      let session = RunSession(
        machine: try machine.machine(), progress: progress, stallTimeout: watchdog.seconds)
      let beginning = RunBeginning(
        after: source.checkpoint, path: source.path, acceptsOtherBits: resuming.acceptOtherBits,
        lastStep: directory.lastStep)
      try session.train(config, in: directory.path, from: beginning)
    }
  }

  /// Where the run goes on. Never where another run's checkpoints lie, or newer ones of this run; and not in a folder that a checkpoint
  /// was only copied to, which may be anybody's: there it begins a directory as 'train' does.
  private func directory(for source: CheckpointSource, named name: String) throws -> (path: String, lastStep: Int?) {
    // A directory that was named is meant.
    let isLone = source.path == path && !RunDirectory.isRun(source.directory)
    let other = runDirectory ?? (isLone ? RunDirectory.defaultPath(name: name) : source.directory)
    if !isSameFile(other, source.directory) {
      guard try RunDirectory.lastStep(in: other) == nil else { throw TrainingError.branchInUse(path: other) }
      if runDirectory == nil {
        Console.error("lockstep: \(source.path) is in no run's directory; going on in \(other) (--run DIR: elsewhere)")
      }
      return (other, nil)
    }
    if let newer = source.newerPath { throw TrainingError.newerCheckpoint(asked: source.path, newest: newer) }
    return (source.directory, source.lastStep)
  }

  private func isSameFile(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(path, &first) == 0, stat(other, &second) == 0 else { return false }
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)
  }
}
