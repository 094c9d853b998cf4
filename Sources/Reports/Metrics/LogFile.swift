#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that only grows, with a buffer before it. Bytes stay in the buffer until the system took them, so a failed write can be
/// tried again when there is space.
package struct LogFile: ~Copyable {
  package let path: String
  private let file: DurableTail
  private var buffer: [UInt8] = []

  /// Opens a file for appending and creates it where there is none.
  package init(appendingTo path: String) throws(MetricsLogError) {
    try self.init(path, flags: 0)
  }

  /// Creates a file, in place of what may have the name: nothing is written through a link.
  ///
  /// - Parameter flush: what waits until the bytes of a descriptor are on the disk; `fsync`, but in tests.
  package init(
    creating path: String, flush: @escaping @Sendable (Int32) -> Int32 = { fsync($0) }
  ) throws(MetricsLogError) {
    unlink(path)
    try self.init(path, flags: O_EXCL, flush: flush)
  }

  /// Creates a file whose name nothing has yet, not even a link.
  init(creatingNew path: String) throws(MetricsLogError) {
    try self.init(path, flags: O_EXCL)
  }

  private init(
    _ path: String, flags: Int32, flush: @escaping @Sendable (Int32) -> Int32 = { fsync($0) }
  ) throws(MetricsLogError) {
    self.path = path
    // Without O_NONBLOCK a named pipe would make this wait for a reader.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | flags, 0o644)
    if descriptor < 0 {
      if errno == ELOOP { throw .notAFile(path: path) }
      throw .system(operation: "open", path: path, code: errno)
    }
    file = DurableTail(of: descriptor, flush: flush)
  }

  /// Puts bytes behind those before, for now in memory.
  package mutating func append(_ bytes: [UInt8]) { buffer += bytes }

  /// Bytes that are not yet handed to the system.
  package var pending: Int { buffer.count }

  /// Hands the buffer to the system.
  package mutating func flush() throws(MetricsLogError) {
    guard !buffer.isEmpty else { return }
    if let code = file.append(&buffer) { throw .system(operation: "write", path: path, code: code) }
  }

  /// Hands the buffer to the system and waits until it is on the disk.
  package mutating func synchronize() throws(MetricsLogError) {
    try synchronization()()
  }

  /// Hands the buffer to the system.
  ///
  /// - Returns: what waits until it is on the disk; may be called on any thread, also after this file is gone.
  package mutating func synchronization() throws(MetricsLogError) -> @Sendable () throws(MetricsLogError) -> Void {
    try flush()
    let (file, path) = (file, path)
    return { () throws(MetricsLogError) in
      if let code = file.synchronize() { throw .system(operation: "flush", path: path, code: code) }
    }
  }
}
