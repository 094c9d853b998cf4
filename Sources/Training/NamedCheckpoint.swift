import Checkpoints

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
      guard let found = newest.found else { throw Self.error(in: name, skipped: newest.skipped) }
      (checkpoint, path) = found
      (directory, skipped) = (name, newest.skipped)
    } else {
      checkpoint = try CheckpointStore.load(name)
      (path, directory, skipped) = (name, FilePath.directory(of: name), [])
    }
  }

  /// Why a directory has none.
  private static func error(in directory: String, skipped: [String]) -> TrainingError {
    guard skipped.isEmpty, access(directory + "/config.json", F_OK) == 0 else {
      return .nothingToResume(path: directory, skipped: skipped)
    }
    return .noCheckpointYet(path: directory, isInUse: RunDirectory.isInUse(directory))
  }
}
