import Checkpoints
import Foundation
import Training

/// A checkpoint that the user named, by its file or by its run's directory.
struct CheckpointSource {
  /// The checkpoint.
  let checkpoint: Checkpoint
  /// Its file.
  let path: String
  /// The directory it lies in.
  let directory: String
  /// Highest step of the checkpoints in that directory, good or not, before any was read.
  let lastStep: Int?
  /// The newest good checkpoint of that directory, where that is another one.
  let newerPath: String?

  /// - Throws: `CheckpointError` where the file cannot be trusted, `TrainingError.nothingToResume` where the directory has none that can.
  init(_ path: String) throws {
    let directory = SystemCalls.isDirectory(path) ? path : FilePath.directory(of: path)
    lastStep = try RunDirectory.lastStep(in: directory)
    let named = try NamedCheckpoint(path)
    Console.warn(ofSkipped: named.skipped)
    (checkpoint, self.path, self.directory) = (named.checkpoint, named.path, directory)
    let step = named.checkpoint.run.step
    let newest = named.isOfDirectory ? nil : try RunDirectory.newestCheckpoint(in: directory).found
    newerPath = newest.flatMap { $0.checkpoint.run.step > step ? $0.path : nil }
  }

  /// Length of the file.
  ///
  /// - Throws: `TrainingError.cannotRead` where it has gone meanwhile.
  func byteCount() throws(TrainingError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
    return Int(status.st_size)
  }
}

extension Console {
  /// Says which damaged checkpoints were passed over.
  static func warn(ofSkipped skipped: [String]) {
    for reason in skipped { error("lockstep: passed over: \(reason)") }
  }
}
