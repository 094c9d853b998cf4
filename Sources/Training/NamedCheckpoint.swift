import Checkpoints

/// A checkpoint that somebody named: by its file, or by its run's directory, whose newest good one is taken.
package struct NamedCheckpoint: Sendable {
  /// The checkpoint.
  package let checkpoint: Checkpoint
  /// Its file.
  package let path: String
  /// The directory it lies in.
  package let directory: String
  /// Whether the directory was named.
  package let isOfDirectory: Bool
  /// Damaged files of that directory that are newer, a line each.
  package let skipped: [String]

  /// - Throws: `CheckpointError` where the file cannot be trusted, `TrainingError.nothingToResume` where the directory has none that can.
  package init(_ name: String) throws {
    isOfDirectory = SystemCalls.isDirectory(name)
    if isOfDirectory {
      let newest = try RunDirectory.newestCheckpoint(in: name)
      guard let found = newest.found else { throw TrainingError.nothingToResume(path: name, skipped: newest.skipped) }
      (checkpoint, path) = found
      (directory, skipped) = (name, newest.skipped)
    } else {
      checkpoint = try CheckpointStore.load(name)
      (path, directory, skipped) = (name, FilePath.directory(of: name), [])
    }
  }
}
