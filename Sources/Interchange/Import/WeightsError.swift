import Checkpoints

/// Why weights of another program were not taken: one line for the user, and a line for each disagreement.
public enum WeightsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file cannot be read at all, or is no HDF5 file that can be trusted.
  case file(CheckpointError)
  /// The file holds other tensors than the network has: every disagreement.
  case otherNetwork(path: String, disagreements: [String])
  /// A tensor of the file holds a value that is no finite number, with which nothing can be trained or predicted.
  case notFinite(path: String, tensor: String)
  /// The child process that read the file did so in vain: its own words and its exit code.
  case refused(message: String, exitCode: Int32)
  /// The child process was ended by a signal: the file made the HDF5 library crash, or took more than its limits.
  case crashed(path: String, signal: Int32)
  /// The child process could not be started, or did not keep to what was agreed.
  case reader(path: String, reason: String)

  /// What was attempted, on what, what was found, what to do.
  public var description: String {
    switch self {
    case .file(let error): fault(of: error)
    case .otherNetwork(let path, let disagreements):
      "\(path) does not fit the network:" + disagreements.map { "\n  \($0)" }.joined()
    case .notFinite(let path, let tensor): "\(path): \(tensor) holds a value that is not a finite number"
    case .refused(let message, _): message
    case .crashed(let path, let signal):
      "\(path): reading it ended libhdf5 with signal \(signal) (in a process of its own), so the file is damaged or "
        + "hostile; nothing was imported. Write it anew with Keras: model.save_weights(…)"
    case .reader(let path, let reason): "\(path) could not be read in a process of its own: \(reason)"
    }
  }

  /// In words that speak of weights, not of checkpoints.
  private func fault(of error: CheckpointError) -> String {
    switch error.reason {
    case .notHDF5:
      "\(error.path): not an HDF5 file; expected what Keras writes with model.save_weights(\"….weights.h5\")"
    case .library(let refusal): "\(error.path): \(refusal)"
    default: error.finding
    }
  }
}
