import Checkpoints
import Training

extension RunInventory {
  /// Looks at every file of a run's directory, its logs, its report and its exports among them.
  ///
  /// - Throws: `CheckpointError` where the directory cannot be read.
  public static func files(in path: String) throws(CheckpointError) -> [RunFile] {
    try files(in: path) {
      MetricsLog.inventory($0, path: $1) ?? TensorBoardLog.inventory($0, path: $1) ?? RunReport.inventory($0, path: $1)
        ?? export($0)
    }
  }

  /// The verdict on a network that was written for other programs; nil for a file of another name.
  private static func export(_ name: String) -> RunFile? {
    guard [".onnx", ".keras"].contains(where: name.hasSuffix) else { return nil }
    return RunFile(
      name: name, verdict: .good, note: "network for other programs; 'lockstep export' makes it anew")
  }
}
