import Checkpoints
import Training

extension RunInventory {
  /// Looks at every file of a run's directory, its logs and its report among them.
  ///
  /// - Throws: `CheckpointError` where the directory cannot be read.
  public static func files(in path: String) throws(CheckpointError) -> [RunFile] {
    try files(in: path) {
      MetricsLog.inventory($0, path: $1) ?? TensorBoardLog.inventory($0, path: $1) ?? RunReport.inventory($0, path: $1)
    }
  }
}
