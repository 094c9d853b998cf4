import Workers

/// Why a run could not start or go on. Each is one line for the user; where there are several disagreements, a line each follows.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Something that a step computed is not a finite number: `the output of conv2d_1`, for example. No checkpoint holds such a model.
  case notFinite(what: String, step: Int)
  /// Not one step of an epoch, from 1, was finite, so that the run would learn nothing any more.
  case everyStepSkipped(epoch: Int)
  /// The run directory holds checkpoints already, and nobody said that they should be continued.
  case directoryInUse(path: String)
  /// Another process trains in the run directory.
  case directoryLocked(path: String, process: Int?)
  /// Another process trained in the run directory between the choice of a checkpoint and the lock.
  case directoryChanged(path: String)
  /// The run directory is no longer the one that this run locked.
  case directoryReplaced(path: String)
  /// The disk has less room than a checkpoint takes, in bytes.
  case diskFull(path: String, needed: Double, free: Double)
  /// A run directory without a checkpoint that can be trusted.
  case nothingToResume(path: String, skipped: [String])
  /// The directory of a run that has no checkpoint yet, and perhaps will have one, where it is in use.
  case noCheckpointYet(path: String, isInUse: Bool)
  /// A resume was asked from a checkpoint that is not the newest of its directory.
  case newerCheckpoint(asked: String, newest: String)
  /// The directory that a run should go on in holds checkpoints already.
  case branchInUse(path: String)
  /// The checkpoint is further than this run is to go.
  case beyondTheEnd(path: String, step: Int, totalSteps: Int)
  /// The run asks for more memory, in bytes, than it can have; most of it for one thing.
  case tooLittleMemory(needed: Double, limit: MemoryLimit, mostly: MemoryPart)
  /// The config differs from the checkpoint's in something that changes the result.
  case otherConfig(path: String, differences: [String])
  /// The data set is not the one that the checkpoint was trained on.
  case otherData(expected: String, found: String)
  /// The checkpoint was made on another instruction set.
  case otherInstructionSet(checkpoint: String, here: String)
  /// The checkpoint holds another network or another optimizer: every disagreement.
  case otherNetwork(path: String, disagreements: [String])
  /// The checkpoint's progress does not fit its own config.
  case damagedState(path: String)
  /// The checkpoint says two things that cannot both be true.
  case contradiction(path: String, found: String)
  /// A file or directory could not be written.
  case cannotWrite(path: String, reason: String)
  /// A file could not be read.
  case cannotRead(path: String, reason: String)
  /// A directory was given where a config is expected, perhaps a run's.
  case directoryForConfig(path: String, isRun: Bool)
  /// A checkpoint was given where a config is expected.
  case notAConfig(path: String)
  /// Network and data do not fit each other.
  case unfit(String)

  /// What was attempted, on what, what was found, what to do.
  public var description: String {
    switch self {
    case .notFinite(let what, let step):
      "step \(step): \(what) is not a finite number; all checkpoints are of earlier steps. "
        + "Try a smaller learningRate, clipNorm, or training.onNonFinite=skipStep"
    case .everyStepSkipped(let epoch):
      "epoch \(epoch): loss or gradient of every step was not finite, and all were skipped; "
        + "try a smaller learningRate, or clipNorm"
    case .directoryInUse(let path):
      "\(path) already holds checkpoints; add --resume to continue them, or --run DIR to train elsewhere"
    case .directoryLocked(let path, let process):
      "\(path) is in use by \(process.map { "process \($0)" } ?? "another process"); wait for it, or use --run DIR"
    case .directoryChanged(let path):
      "another process has just trained in \(path); start again to go on from its newest checkpoint"
    case .directoryReplaced(let path):
      "\(path) was replaced while the run was using it; nothing more is written there, and other processes' files are left alone"
    case .diskFull(let path, let needed, let free):
      "a checkpoint takes \(megabytes(needed)), and the disk of \(path) has \(megabytes(free)) free; "
        + "free some space, or use --run DIR"
    case .nothingToResume(let path, let skipped):
      "\(path) holds no checkpoint" + (skipped.isEmpty ? "" : " that can be trusted; passed over:") + lines(skipped)
    case .noCheckpointYet(let path, let isInUse):
      isInUse
        ? "\(path) holds no checkpoint yet: its run goes on; ask again when it has saved one"
        : "\(path) holds no checkpoint: its run ended before the first; "
          + "'lockstep train \(path)/config.json --run \(path)' begins it anew"
    case .newerCheckpoint(let asked, let newest):
      "\(asked) is not the newest checkpoint of its run (\(newest) is); add --run DIR to branch off into a directory of its own"
    case .branchInUse(let path):
      "\(path) already holds checkpoints; give --run a directory that has none"
    case .beyondTheEnd(let path, let step, let totalSteps):
      "\(path) is at step \(step), and this run has only \(totalSteps) steps; ask for more epochs"
    case .tooLittleMemory(let needed, let limit, let mostly):
      "the run needs about \(amount(needed)) of memory, and \(limit) \(amount(Double(limit.bytes))); \(mostly.advice)"
    case .otherConfig(let path, let differences):
      "the config is not the one that \(path) was trained with; these change the result:" + lines(differences)
    case .otherData(let expected, let found):
      "the training data is not what the checkpoint was trained on: its SHA-256 is \(found), expected \(expected)"
    case .otherInstructionSet(let checkpoint, let here):
      "the checkpoint was made with \(checkpoint) kernels, and \(here) kernels give other bits; "
        + "set LOCKSTEP_ISA=\(checkpoint), or add --accept-other-bits"
    case .otherNetwork(let path, let disagreements):
      "\(path) does not fit the network:" + lines(disagreements)
    case .damagedState(let path):
      "\(path): its progress does not fit its config and the data set; use an older checkpoint"
    case .contradiction(let path, let found):
      "\(path) contradicts itself: \(found); use an older checkpoint"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason)"
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)"
    case .directoryForConfig(let path, let isRun):
      "\(path) is a directory, but a config is expected, a JSON file"
        + (isRun ? "; 'lockstep resume \(path)' goes on with the run in it, whose config is its config.json" : "")
    case .notAConfig(let path):
      "\(path) is a checkpoint, but a config is expected, a JSON file; 'lockstep resume' goes on from a checkpoint"
    case .unfit(let message):
      message
    }
  }

  /// `17.6 GB`, or `93 MB` where it is less than one.
  private func amount(_ bytes: Double) -> String {
    guard bytes >= 1e9 else { return "\(Int((bytes / 1e6).rounded(.up))) MB" }
    let tenths = Int((min(bytes, 1e18) / 1e8).rounded(.up))
    return "\(tenths / 10).\(tenths % 10) GB"
  }

  private func megabytes(_ bytes: Double) -> String {
    let tenths = Int((min(bytes, 1e18) / 1e5).rounded(.up))
    return "\(tenths / 10).\(tenths % 10) MB"
  }

  private func lines(_ items: [String]) -> String { items.map { "\n  \($0)" }.joined() }
}
