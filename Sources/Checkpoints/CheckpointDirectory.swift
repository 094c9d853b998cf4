import Glibc

/// The checkpoints in a run's directory, for reading. Nothing is created, changed or removed.
public struct CheckpointDirectory: Sendable {
  /// A checkpoint's file, by its name alone: what it holds has not been looked at.
  public struct File: Sendable, Equatable {
    /// Its path.
    public var path: String
    /// Updates applied, as the name says.
    public var step: Int
  }

  /// What a search for the newest good checkpoint found.
  public struct Search: Sendable {
    /// The newest checkpoint that can be trusted, and its file; nil where there is none.
    public var found: (checkpoint: Checkpoint, path: String)?
    /// Newer files that were passed over, newest first, each with the reason.
    public var skipped: [CheckpointError]
  }

  /// The directory.
  public let path: String
  private let reader: CheckpointReader

  /// A directory, which need not exist.
  public init(_ path: String, reader: CheckpointReader = CheckpointReader()) {
    self.path = path
    self.reader = reader
  }

  /// Makes the directory and those on the way to it; one that exists already is fine.
  ///
  /// - Throws: `WriteError` where the system refuses.
  public func create() throws(WriteError) {
    do throws(SystemError) {
      try SystemCalls.createDirectories(path, .system)
    } catch {
      throw WriteError(path: path, cause: .system(error))
    }
  }

  /// All files whose names are those of checkpoints, newest (highest step) first; none where the directory does not exist.
  ///
  /// - Throws: where the directory cannot be read.
  public func list() throws(CheckpointError) -> [File] {
    let files = try names().compactMap { name in
      Self.step(inName: name).map { File(path: FilePath.join(path, name), step: $0) }
    }
    return files.sorted { $0.step > $1.step }
  }

  /// The names of all files, in no particular order; none where the directory does not exist.
  ///
  /// - Throws: where the directory cannot be read.
  public func names() throws(CheckpointError) -> [String] {
    do throws(SystemError) {
      return try SystemCalls.names(in: path)
    } catch {
      if error.code == ENOENT { return [] }
      throw CheckpointError(path: path, reason: .unreadable(error))
    }
  }

  /// The process that made a half-written file, by the file's name, and whether it may still be at it; nil for every other name.
  public static func writer(ofTemporary name: String) -> (process: Int, isAlive: Bool)? {
    TemporaryFile.writer(of: name).map { (Int($0.process), TemporaryFile.isAlive($0)) }
  }

  /// The newest checkpoint whose every byte is right, by step, not by time of writing.
  ///
  /// - Throws: where the directory cannot be read; damaged files are no error here, they are listed.
  public func newestGood() throws(CheckpointError) -> Search {
    var skipped: [CheckpointError] = []
    for file in try list() {
      do throws(CheckpointError) {
        return Search(found: (try load(file), file.path), skipped: skipped)
      } catch {
        skipped.append(error)
      }
    }
    return Search(found: nil, skipped: skipped)
  }

  /// The checkpoint in one of the listed files, which must be of the step that the name says.
  ///
  /// - Throws: `CheckpointError`, which says what is wrong with the file.
  public func load(_ file: File) throws(CheckpointError) -> Checkpoint {
    let checkpoint = try reader.load(file.path)
    guard checkpoint.run.step == file.step else {
      throw CheckpointError(
        path: file.path,
        reason: .invalid(item: "the file's name", found: "it holds step \(checkpoint.run.step); was it renamed?"))
    }
    return checkpoint
  }

  // MARK: Names

  private static let prefix = "step-"
  private static let suffix = ".weights.h5"
  private static let digits = 8

  /// `step-00000938.weights.h5`.
  public static func name(ofStep step: Int) -> String {
    let number = String(step)
    return prefix + String(repeating: "0", count: max(0, digits - number.count)) + number + suffix
  }

  /// The step in a checkpoint's file name; nil for every other name.
  public static func step(inName name: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix),
      let step = Int(name.dropFirst(prefix.count).dropLast(suffix.count)), step >= 0, self.name(ofStep: step) == name
    else { return nil }
    return step
  }
}
