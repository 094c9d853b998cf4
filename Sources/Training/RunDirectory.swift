import Checkpoints
import Settings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The directory of one run: its config, checkpoints and logs. Opening it for training takes its lock.
public struct RunDirectory: Sendable {
  /// Where it lies.
  public let path: String
  /// Its checkpoints.
  let store: CheckpointStore
  private let lock: RunLock

  /// Where a run goes that names no directory.
  public static func defaultPath(name: String) -> String { "Checkpoints/\(name)" }

  /// Opens the directory for training, and makes it where it does not exist.
  ///
  /// - Throws: `WriteError` where it cannot be written, `TrainingError.directoryLocked` where another process trains in it.
  public init(path: String, config: CheckpointConfig) throws {
    self.path = path
    try CheckpointDirectory(path).create()
    // The lock comes first: the store removes what dead processes left half written, and this is how we know that they are dead.
    lock = try RunLock(directory: path)
    store = try CheckpointStore(
      directory: path, retention: Retention(keepLast: config.keepLast, keepBest: config.keepBest, higherIsBetter: false)
    )
  }

  /// The newest checkpoint that can be trusted, and why newer ones were passed over.
  public struct Newest: Sendable {
    /// The checkpoint; nil where there is none.
    public var found: (checkpoint: Checkpoint, path: String)?
    /// Damaged files that are newer, a line each.
    public var skipped: [String]
  }

  /// Finds the newest good checkpoint of a run directory, without opening it for training.
  ///
  /// - Throws: `CheckpointError` where the directory cannot be read.
  public static func newestCheckpoint(in path: String) throws(CheckpointError) -> Newest {
    let search = try CheckpointDirectory(path).newestGood()
    return Newest(
      found: search.found.map { ($0.checkpoint, $0.path) }, skipped: search.skipped.map(\.finding))
  }

  /// The highest step among files that look like checkpoints, good or not; nil where there are none.
  ///
  /// - Throws: `CheckpointError` where the directory cannot be read.
  public static func lastStep(in path: String) throws(CheckpointError) -> Int? {
    var status = stat()
    // That something else is in its place is for whoever writes there to notice.
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return try CheckpointDirectory(path).list().first?.step
  }

  /// Saves the resolved config as `config.json`.
  ///
  /// - Throws: `WriteError`.
  public func save(_ config: RunConfig) throws(WriteError) {
    _ = try AtomicFile.write(config.resolvedText + "\n", to: path + "/config.json")
  }
}

/// Holds a run directory for one process. The kernel gives the lock back when the process ends, however it ends.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `TrainingError.directoryLocked` with the holder's process number; `cannotWrite`.
  init(directory: String) throws(TrainingError) {
    let path = directory + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { close(descriptor) }
      // Some file systems have no locks, and nobody is to be waited for then.
      guard code == EWOULDBLOCK else { throw .cannotWrite(path: path, reason: String(cString: strerror(code))) }
      throw .directoryLocked(path: directory, process: RunLock.read(descriptor))
    }
    // The number is for people; the lock itself is the kernel's.
    let text = Array("\(getpid())\n".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = write(descriptor, text, text.count) }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func read(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self))
  }
}
