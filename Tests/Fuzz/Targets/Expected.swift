import Checkpoints
import Datasets
import Networks
import Reports
import Settings
import Tensors
import Training

/// What a reader may say about bytes that it does not take.
enum Expected {
  /// Runs `body`; an error that the command shows with an exit code of its own is as good as a result.
  static func resultOrMessage(_ body: () throws -> Void) throws(FuzzFailure) {
    do {
      try body()
    } catch let failure as FuzzFailure {
      throw failure
    } catch {
      guard hasExitCode(error) else { throw FuzzFailure("an error of no known kind: \(error)") }
      guard !"\(error)".isEmpty else { throw FuzzFailure("an error without a message") }
    }
  }

  /// As `Outcome` of the command has it: everything else would be an internal error, exit code 70.
  private static func hasExitCode(_ error: any Error) -> Bool {
    error is SettingsError || error is NetworkError || error is InstructionSetError || error is TrainingError
      || error is DatasetError || error is CheckpointError || error is WriteError || error is MetricsLogError
      || error is SavedRunError
  }
}
