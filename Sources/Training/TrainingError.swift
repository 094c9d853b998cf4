/// Why a run could not start or go on. Each is one line for the user; `exitCode` is what the command ends with.
public enum TrainingError: Error, Sendable, CustomStringConvertible {
  /// The loss or the gradient is not a finite number; the parameters are those of the step before.
  case notFinite(what: String, step: Int)
  /// The run directory holds checkpoints already, and nobody said that they should be continued.
  case directoryInUse(path: String)
  /// There is nothing to resume from.
  case nothingToResume(path: String, skipped: [String])
  /// The data set is not the one that the checkpoint was trained on.
  case otherData(expected: String, found: String)
  /// The checkpoint was made on another instruction set.
  case otherInstructionSet(checkpoint: String, here: String)
  /// The checkpoint holds another network or another optimizer: every disagreement, a line each.
  case otherNetwork(path: String, disagreements: [String])
  /// A file or directory could not be written.
  case cannotWrite(path: String, reason: String)
  /// A file could not be read.
  case cannotRead(path: String, reason: String)
  /// The network's output or input does not fit the data.
  case unfit(String)

  /// What was attempted, on what, what was found, what to do.
  public var description: String {
    switch self {
    case .notFinite(let what, let step):
      return "step \(step): the \(what) is not a finite number; the newest checkpoint is from before. "
        + "Try a smaller learningRate, or clipNorm"
    case .directoryInUse(let path):
      return "\(path) already holds checkpoints; add --resume to continue them, or --run DIR to start elsewhere"
    case .nothingToResume(let path, let skipped):
      let reasons = skipped.map { "\n  \($0)" }.joined()
      return "\(path): no checkpoint to resume from" + (skipped.isEmpty ? "" : "; damaged ones were passed over:" + reasons)
    case .otherData(let expected, let found):
      return "the training data is not what the checkpoint was trained on: its SHA-256 is \(found), expected \(expected)"
    case .otherInstructionSet(let checkpoint, let here):
      return "the checkpoint was made with \(checkpoint) kernels, and \(here) ones would give other bits; "
        + "set LOCKSTEP_ISA=\(checkpoint), or go on with other bits by --any-isa"
    case .otherNetwork(let path, let disagreements):
      return "\(path) does not fit the config:" + disagreements.map { "\n  \($0)" }.joined()
    case .cannotWrite(let path, let reason):
      return "cannot write \(path): \(reason)"
    case .cannotRead(let path, let reason):
      return "cannot read \(path): \(reason)"
    case .unfit(let message):
      return message
    }
  }
}
