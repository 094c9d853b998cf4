import Synchronization

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
  private let file: OpenFile
  private var descriptor: Int32 { file.descriptor }
  private var buffer: [UInt8] = []

  /// Opens a file for appending and creates it where there is none.
  package init(appendingTo path: String) throws(MetricsLogError) {
    try self.init(path, flags: O_APPEND)
  }

  /// Creates a file, in place of what may have the name: nothing is written through a link.
  package init(creating path: String) throws(MetricsLogError) {
    unlink(path)
    try self.init(path, flags: O_EXCL)
  }

  /// Creates a file whose name nothing has yet, not even a link.
  init(creatingNew path: String) throws(MetricsLogError) {
    try self.init(path, flags: O_EXCL)
  }

  private init(_ path: String, flags: Int32) throws(MetricsLogError) {
    self.path = path
    // Without O_NONBLOCK a named pipe would make this wait for a reader.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | flags, 0o644)
    if descriptor < 0 {
      if errno == ELOOP { throw .notAFile(path: path) }
      throw .system(operation: "open", path: path, code: errno)
    }
    file = OpenFile(descriptor)
  }

  /// Closes when the last one who needs it is done: another thread may still be flushing.
  private final class OpenFile: Sendable {
    let descriptor: Int32
    /// Whether the system took bytes that may not be on the disk.
    let isBehind = Atomic<Bool>(false)

    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    func synchronize(_ path: String) throws(MetricsLogError) {
      // Most saves come between two rows: they need not wait for a disk that has nothing to do.
      guard isBehind.exchange(false, ordering: .acquiringAndReleasing) else { return }
      guard fsync(descriptor) != 0 else { return }
      let code = errno
      isBehind.store(true, ordering: .releasing)
      throw .system(operation: "flush", path: path, code: code)
    }
  }

  /// Puts bytes behind those before, for now in memory.
  package mutating func append(_ bytes: [UInt8]) { buffer += bytes }

  /// Bytes that are not yet handed to the system.
  package var pending: Int { buffer.count }

  /// Hands the buffer to the system.
  package mutating func flush() throws(MetricsLogError) {
    guard !buffer.isEmpty else { return }
    // Before the write, which may take a part of the buffer and fail.
    file.isBehind.store(true, ordering: .releasing)
    if let code = Bytes.drain(&buffer, to: descriptor) {
      throw .system(operation: "write", path: path, code: code)
    }
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
    return { () throws(MetricsLogError) in try file.synchronize(path) }
  }
}

/// A log that is open for reading: a file, and nothing that a link leads to.
struct ReadableLog: ~Copyable {
  /// Bytes of the file when it was opened.
  let size: Int
  private let path: String
  private let descriptor: Int32

  /// Opens a file; nil where there is none.
  init?(_ path: String) throws(MetricsLogError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      if errno == ELOOP { throw .notAFile(path: path) }
      throw .system(operation: "open", path: path, code: errno)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notAFile(path: path)
    }
    (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// Reads the next bytes.
  ///
  /// - Returns: how many; 0 at the end.
  func read(into chunk: inout [UInt8], atMost count: Int) throws(MetricsLogError) -> Int {
    while true {
      let got = systemRead(descriptor, &chunk, min(count, chunk.count))
      if got >= 0 { return got }
      if errno != EINTR { throw .system(operation: "read", path: path, code: errno) }
    }
  }
}

/// A file that is read line by line, in pieces, so that its size does not matter.
struct LineReader: ~Copyable {
  private let file: ReadableLog
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  private var rest: [UInt8] = []
  private var position = 0

  /// Opens a file; nil where there is none.
  init?(_ path: String) throws(MetricsLogError) {
    guard let file = try ReadableLog(path) else { return nil }
    self.file = file
  }

  /// The next line with its line feed; the last one may lack it; nil at the end.
  mutating func next() throws(MetricsLogError) -> [UInt8]? {
    while true {
      if let end = rest[position...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return Array(rest[position...end])
      }
      rest.removeFirst(position)
      position = 0
      let count = try file.read(into: &chunk, atMost: chunk.count)
      if count == 0 {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
      }
      rest += chunk[..<count]
    }
  }
}

/// `read` of the system, which a method of that name hides.
private func systemRead(_ descriptor: Int32, _ bytes: inout [UInt8], _ count: Int) -> Int {
  read(descriptor, &bytes, count)
}

/// Makes the names in a directory durable.
func synchronizeDirectory(_ path: String) throws(MetricsLogError) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
  guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
  defer { close(descriptor) }
  // Some file systems cannot flush a directory and say so with EINVAL; they have nothing to flush then.
  if fsync(descriptor) != 0, errno != EINVAL { throw .system(operation: "flush", path: path, code: errno) }
}

/// Gives a file another name, in place of a file that has it.
func renameFile(_ old: String, to new: String) throws(MetricsLogError) {
  if rename(old, new) != 0 { throw .system(operation: "replace", path: new, code: errno) }
}

/// Removes a file that is no longer wanted; nothing depends on success.
func removeFile(_ path: String) { unlink(path) }
