import ArgumentParser
import Checkpoints
import Datasets
import Interchange
import Networks
import Pictures
import Reports
import Settings
import Tensors
import Training

/// The documented exit codes.
enum Outcome: Int32 {
  case usage = 64
  case badData = 65
  case inputMissing = 66
  case internalError = 70
  /// A step that made no progress; the same number, because it is a fault of the program or the machine.
  static let stalled = internalError
  case cannotWrite = 74
  case stopped = 75
  case badConfig = 78

  /// Every exit code with its meaning, as help and manual page list them.
  static let documentation: [(code: Int32, meaning: String)] = [
    (0, "done"),
    (usage.rawValue, "usage"),
    (badData.rawValue, "bad data or checkpoint, or numbers that are not finite"),
    (inputMissing.rawValue, "input missing or unreadable"),
    (internalError.rawValue, "a fault of the program, or a step that does not end"),
    (cannotWrite.rawValue, "cannot write"),
    (stopped.rawValue, "stopped by a signal after a good save: 'lockstep resume' goes on"),
    (badConfig.rawValue, "bad config"),
    (SignalWatcher.interruptedExitCode, "ended by a second Ctrl-C"),
  ]

  /// Runs a command's body; an error becomes one message on standard error and the exit code that belongs to it.
  static func report(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch {
      Console.error("lockstep: \(error)")
      throw ExitCode(Outcome(of: error).rawValue)
    }
  }

  /// Shows the help of a command that was called without one of its subcommands.
  static func needsSubcommand(_ command: (some ParsableCommand).Type) -> ExitCode {
    Console.error(LockstepCommand.helpMessage(for: command))
    return ExitCode(usage.rawValue)
  }

  /// The exit code of an error of the floors below.
  init(of error: any Error) {
    switch error {
    case is SettingsError, is NetworkError: self = .badConfig
    case is InstructionSetError: self = .usage
    case is SavedRunError: self = .inputMissing
    case let error as TrainingError: self = Outcome(of: error)
    case let error as DatasetError: self = Outcome(of: error)
    case let error as PictureError: self = Outcome(of: PredictionError.picture(error))
    case PredictionError.malformedRange: self = .usage
    case let error as PredictionError: self = error.isMissing ? .inputMissing : .badData
    case let error as CheckpointError: self = Outcome(of: error)
    case let error as DownloadError: self = Outcome(of: error)
    case let error as WeightsError: self = Outcome(of: error)
    case is WriteError, is MetricsLogError: self = .cannotWrite
    default: self = .internalError
    }
  }

  private init(of error: TrainingError) {
    switch error {
    case .notFinite, .everyStepSkipped, .otherData, .otherInstructionSet, .otherNetwork, .otherConfig, .damagedState,
      .contradiction:
      self = .badData
    case .directoryInUse, .branchInUse, .newerCheckpoint, .beyondTheEnd: self = .usage
    case .nothingToResume(_, let skipped): self = skipped.isEmpty ? .inputMissing : .badData
    case .cannotRead: self = .inputMissing
    case .cannotWrite, .directoryLocked, .directoryChanged, .directoryReplaced, .diskFull: self = .cannotWrite
    case .unfit, .tooLittleMemory, .notAConfig: self = .badConfig
    }
  }

  private init(of error: CheckpointError) {
    switch error.reason {
    case .missing, .unreadable: self = .inputMissing
    default: self = .badData
    }
  }

  private init(of error: DatasetError) {
    switch error {
    case .missing, .inMemory, .file(_, .unreadable): self = .inputMissing
    case .unwritable: self = .cannotWrite
    case .file, .cifar10, .counts, .label, .shapes, .custom: self = .badData
    case .tooFewToHoldOut, .tooLarge: self = .badConfig
    }
  }

  private init(of error: DownloadError) {
    switch error {
    case .curlMissing, .curlFailed, .noMirror: self = .inputMissing
    case .unwritable: self = .cannotWrite
    }
  }

  private init(of error: WeightsError) {
    switch error {
    case .file(let error): self = Outcome(of: error)
    case .refused(_, let exitCode): self = Outcome(rawValue: exitCode) ?? .badData
    case .otherNetwork, .notFinite, .crashed: self = .badData
    case .reader: self = .internalError
    }
  }
}
