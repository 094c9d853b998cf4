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
    // That something else is in its place is for whoever writes there to notice.
    guard SystemCalls.isDirectory(path) else { return nil }
    return try CheckpointDirectory(path).list().first?.step
  }

  /// The names of all files in a run's directory, in no particular order; none where it does not exist.
  ///
  /// - Throws: `CheckpointError` where the directory cannot be read.
  public static func fileNames(in path: String) throws(CheckpointError) -> [String] {
    try CheckpointDirectory(path).names()
  }

  /// Whether a directory is a run's, and not one that a checkpoint was copied to.
  package static func isRun(_ path: String) -> Bool {
    ["config.json", "lock"].contains { access("\(path)/\($0)", F_OK) == 0 }
  }

  /// Whether a process trains in a run directory now.
  public static func isInUse(_ path: String) -> Bool { RunLock.holder(directory: path)?.isHeld ?? false }

  /// Whether there is room for a checkpoint of so many bytes, so that a run on a full disk ends before its first step. A quota is not
  /// seen by this.
  ///
  /// - Throws: `TrainingError.diskFull`.
  func checkRoom(for bytes: Double) throws(TrainingError) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return }
    let free = Double(status.f_bavail) * Double(status.f_frsize)
    guard free >= bytes else { throw .diskFull(path: path, needed: bytes, free: free) }
  }

  /// Whether what lies here now is the directory that was locked: somebody may have removed it and begun another run in its place. One
  /// that is gone altogether is for the writer to notice.
  ///
  /// - Throws: `TrainingError.directoryReplaced`.
  func checkLock() throws(TrainingError) {
    guard access(path, F_OK) != 0 || lock.isInPlace else { throw .directoryReplaced(path: path) }
  }

  /// Waits until what is being written is written, but not longer than so many seconds.
  public func finishWriting(within seconds: Double) { store.wait(seconds: seconds) }

  /// Saves the resolved config as `config.json`.
  ///
  /// - Throws: `WriteError`.
  public func save(_ config: RunConfig) throws(WriteError) {
    _ = try AtomicFile.write(config.resolvedText + "\n", to: path + "/config.json")
  }
}

/// Holds a run directory for one process. The kernel gives the lock back when the process ends, however it ends.
final class RunLock: Sendable {
  /// How often, and after how many microseconds each, a lock that somebody has is tried again: who only looks whether there is one holds
  /// it for a moment.
  private static let (tries, pause): (Int, UInt32) = (5, 20_000)

  private let descriptor: Int32
  private let path: String

  /// - Throws: `TrainingError.directoryLocked` with the holder's process number; `cannotWrite`.
  init(directory: String) throws(TrainingError) {
    let path = directory + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
    var isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    for _ in 1..<RunLock.tries where !isLocked && errno == EWOULDBLOCK {
      usleep(RunLock.pause)
      isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }
    guard isLocked else {
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
    self.path = path
  }

  /// Whether the lock's file is still the one of that name.
  var isInPlace: Bool {
    var (mine, there) = (stat(), stat())
    guard fstat(descriptor, &mine) == 0, lstat(path, &there) == 0 else { return false }
    return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)
  }

  /// Whether a process holds the lock of a directory, and its number, as far as it can be read; nil where there is no lock file.
  static func holder(directory: String) -> (isHeld: Bool, process: Int?)? {
    let descriptor = open(directory + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    // Closing gives back what the look takes.
    defer { close(descriptor) }
    let isHeld = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    return (isHeld, read(descriptor))
  }

  deinit { close(descriptor) }

  private static func read(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self))
  }
}
