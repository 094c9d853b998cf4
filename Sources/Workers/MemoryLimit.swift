#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The most memory that this process can have, and who says so.
public struct MemoryLimit: Sendable, Equatable, CustomStringConvertible {
  /// Who sets a limit.
  public enum Source: Sendable, Equatable {
    /// What is built in.
    case machine
    /// A control group: its path, `/` for the root.
    case controlGroup(String)
    /// The process's address space (`ulimit -v`), of which what it has already is not counted.
    case addressSpace
  }

  /// Bytes.
  public let bytes: Int
  /// Whose limit it is.
  public let source: Source

  /// A limit.
  public init(bytes: Int, source: Source) {
    self.bytes = bytes
    self.source = source
  }

  /// The tightest that holds for this process; nil where the system does not say.
  public static func current() -> MemoryLimit? {
    let limits = [machine(), controlGroup(readFile: SystemFile.text), addressSpace()]
    return limits.compactMap { $0 }.min { $0.bytes < $1.bytes }
  }

  /// `this machine has`, to go before the number of bytes.
  public var description: String {
    switch source {
    case .machine: "this machine has"
    case .controlGroup(let path): "the control group \(path) allows"
    case .addressSpace: "the limit on address space (ulimit -v) leaves"
    }
  }

  private static func machine() -> MemoryLimit? {
    let bytes = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    return bytes > 0 ? Int(exactly: bytes).map { MemoryLimit(bytes: $0, source: .machine) } : nil
  }

  /// The tightest limit of the process's control groups and of those above them; nil where there is none.
  ///
  /// Version 2 has `memory.max` (bytes, or `max`); version 1 has `memory.limit_in_bytes`, near 2⁶³ for none.
  ///
  /// - Parameter readFile: the text of a file, nil where it cannot be read.
  package static func controlGroup(readFile: (String) -> String?) -> MemoryLimit? {
    let limits = ControlGroups.folders(readFile: readFile).compactMap { folder -> MemoryLimit? in
      let file: String
      switch folder.controllers {
      case nil: file = "/sys/fs/cgroup\(folder.path)/memory.max"
      case let names? where names.contains("memory"):
        file = "/sys/fs/cgroup/memory\(folder.path)/memory.limit_in_bytes"
      default: return nil
      }
      let words = readFile(file)?.split(whereSeparator: \.isWhitespace) ?? []
      guard words.count == 1, let bytes = Int(words[0]), bytes > 0 else { return nil }
      return MemoryLimit(bytes: bytes, source: .controlGroup(folder.path.isEmpty ? "/" : folder.path))
    }
    return limits.min { $0.bytes < $1.bytes }
  }

  private static func addressSpace() -> MemoryLimit? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max,
      let bytes = Int(exactly: limit.rlim_cur)
    else { return nil }
    return addressSpace(limit: bytes)
  }

  /// What a limit on the address space leaves beyond what the process has mapped by now.
  ///
  /// - Parameter readFile: the text of a file, nil where it cannot be read.
  package static func addressSpace(limit: Int, readFile: (String) -> String? = SystemFile.text) -> MemoryLimit {
    let mapped = SystemFile.status("VmSize", readFile: readFile).flatMap { Int($0) } ?? 0
    return MemoryLimit(bytes: max(0, limit - 1024 * mapped), source: .addressSpace)
  }
}
