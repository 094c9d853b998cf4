import Checkpoints
import Foundation
import Training

/// The checkpoint that the user named, by its file or by its run's directory.
struct CheckpointPlace {
  let checkpoint: Checkpoint
  let path: String
  let directory: String
  let isDirectory: Bool

  /// - Throws: `CheckpointError` where the file cannot be trusted, `TrainingError.nothingToResume` where the directory has none that can.
  init(_ named: String, report: (String) -> Void) throws {
    var isDirectory: ObjCBool = false
    self.isDirectory = FileManager.default.fileExists(atPath: named, isDirectory: &isDirectory) && isDirectory.boolValue
    if self.isDirectory {
      let newest = try RunDirectory.newestCheckpoint(in: named)
      guard let found = newest.found else {
        throw TrainingError.nothingToResume(path: named, skipped: newest.skipped)
      }
      for reason in newest.skipped { report("passed over: \(reason)") }
      (checkpoint, path) = found
      directory = named
    } else {
      checkpoint = try CheckpointStore.load(named)
      path = named
      let parent = (named as NSString).deletingLastPathComponent
      directory = parent.isEmpty ? "." : parent
    }
  }
}
