import Glibc
import Synchronization

/// Names of files that are being written: `.<name>.lockstep-<process>-<run>-<number>.partial`, in the directory of the final name.
///
/// They carry the process's number, so that what a killed process left behind can be told from what a living one is writing, and a
/// random number of this run of the program, because in a container every process may have the same number.
enum TemporaryFile {
  private static let mark = ".lockstep"
  private static let suffix = ".partial"
  private static let run = UInt32.random(in: 0...UInt32.max)
  private static let next = Atomic<Int>(0)

  /// A temporary name for `path` that no other write has.
  static func name(for path: String) -> String {
    let number = next.add(1, ordering: .relaxed).newValue
    let name = ".\(FilePath.name(of: path))\(mark)-\(getpid())-\(run)-\(number)\(suffix)"
    return FilePath.join(FilePath.directory(of: path), name)
  }

  /// Removes what dead processes left in `directory`. Only names of our own pattern are touched; what cannot be removed stays.
  static func removeLeftovers(in directory: String, _ fileSystem: FileSystem) throws(SystemError) {
    for name in try SystemCalls.names(in: directory) {
      guard let writer = writer(of: name) else { continue }
      if !isAlive(writer) { try? fileSystem.remove(FilePath.join(directory, name)) }
    }
  }

  /// Whether a writer may still be at it.
  static func isAlive(_ writer: (process: pid_t, run: UInt32)) -> Bool {
    writer.process == getpid() ? writer.run == run : SystemCalls.isAlive(writer.process)
  }

  /// Makes an empty file in `directory` and removes it.
  static func tryToCreate(in directory: String, _ fileSystem: FileSystem) throws(SystemError) {
    let temporary = name(for: FilePath.join(directory, "probe"))
    let file = try fileSystem.create(temporary)
    try? fileSystem.close(file, temporary)
    try fileSystem.remove(temporary)
  }

  /// Who wrote a temporary file; nil for every other name.
  static func writer(of name: String) -> (process: pid_t, run: UInt32)? {
    guard name.hasPrefix("."), name.hasSuffix(suffix) else { return nil }
    let fields = name.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count >= 4, Int(fields[fields.count - 1]) != nil, let run = UInt32(fields[fields.count - 2]),
      let process = pid_t(fields[fields.count - 3]), process > 0,
      fields[fields.count - 4].hasSuffix(mark)
    else { return nil }
    return (process, run)
  }
}
