import Glibc
import Synchronization

/// Names of files that are being written: `.<name>.lockstep-<process>-<number>.partial`, in the directory of the final name.
///
/// The name carries the process's number, so that what a killed process left behind can be told from what a living one is writing.
enum TemporaryFile {
  private static let mark = ".lockstep-"
  private static let suffix = ".partial"
  private static let next = Atomic<Int>(0)
  /// Names that this process is writing to; the number makes them unique whatever their directories.
  private static let inUse = Mutex<Set<String>>([])

  /// A temporary name for `path` that no other write of this process has.
  static func reserve(for path: String) -> String {
    let number = next.add(1, ordering: .relaxed).newValue
    let name = ".\(FilePath.name(of: path))\(mark)\(getpid())-\(number)\(suffix)"
    inUse.withLock { _ = $0.insert(name) }
    return FilePath.join(FilePath.directory(of: path), name)
  }

  /// Ends a reservation.
  static func release(_ temporary: String) {
    inUse.withLock { _ = $0.remove(FilePath.name(of: temporary)) }
  }

  /// Removes what dead processes left in `directory`. Only names of our own pattern are touched; what cannot be removed stays.
  static func removeLeftovers(in directory: String, _ fileSystem: FileSystem) throws(SystemError) {
    for name in try SystemCalls.names(in: directory) {
      guard let process = process(of: name) else { continue }
      if process == getpid() ? isInUse(name) : SystemCalls.isAlive(process) { continue }
      try? fileSystem.remove(FilePath.join(directory, name))
    }
  }

  /// Makes an empty file in `directory` and removes it.
  static func tryToCreate(in directory: String, _ fileSystem: FileSystem) throws(SystemError) {
    let temporary = reserve(for: FilePath.join(directory, "probe"))
    defer { release(temporary) }
    let file = try fileSystem.create(temporary)
    try? fileSystem.close(file, temporary)
    try fileSystem.remove(temporary)
  }

  /// The process in a temporary name; nil for every other name.
  static func process(of name: String) -> pid_t? {
    guard name.hasPrefix("."), name.hasSuffix(suffix) else { return nil }
    let fields = name.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count >= 3, Int(fields[fields.count - 1]) != nil, let process = pid_t(fields[fields.count - 2]),
      process > 0, fields.dropLast(2).joined(separator: "-").hasSuffix(mark.dropLast())
    else { return nil }
    return process
  }

  private static func isInUse(_ name: String) -> Bool { inUse.withLock { $0.contains(name) } }
}
