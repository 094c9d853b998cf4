import Checkpoints
import Datasets
import Networks
import Pictures
import Settings
import Tensors

/// The documented exit codes, and which of them an error of this floor or those below has: for both programs.
package enum Outcome: Int32 {
  case usage = 64
  case badData = 65
  case inputMissing = 66
  /// A service that is needed is not there.
  case unavailable = 69
  case internalError = 70
  case cannotWrite = 74
  case stopped = 75
  case badConfig = 78

  /// Nil for an error of another floor.
  package init?(ofRun error: any Error) {
    switch error {
    case is SettingsError, is NetworkError: self = .badConfig
    case is InstructionSetError: self = .usage
    case let error as TrainingError: self = Outcome(of: error)
    case let error as DatasetError: self = Outcome(of: error)
    case let error as PictureError: self = Outcome(of: PredictionError.picture(error))
    case let error as PredictionError: self = Outcome(of: error)
    case let error as CheckpointError: self = Outcome(of: error)
    case let error as DownloadError: self = Outcome(of: error)
    case is WriteError: self = .cannotWrite
    default: return nil
    }
  }

  private init(of error: TrainingError) {
    switch error {
    case .notFinite, .everyStepSkipped, .otherData, .otherInstructionSet, .otherNetwork, .otherConfig, .damagedState,
      .contradiction:
      self = .badData
    case .directoryInUse, .branchInUse, .newerCheckpoint, .beyondTheEnd: self = .usage
    case .nothingToResume(_, let skipped): self = skipped.isEmpty ? .inputMissing : .badData
    case .cannotRead, .directoryForConfig, .noCheckpointYet: self = .inputMissing
    case .cannotWrite, .directoryLocked, .directoryChanged, .directoryReplaced, .diskFull: self = .cannotWrite
    case .unfit, .tooLittleMemory, .notAConfig: self = .badConfig
    }
  }

  private init(of error: PredictionError) {
    switch error {
    case .malformedRange: self = .usage
    default: self = error.isMissing ? .inputMissing : .badData
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
}
