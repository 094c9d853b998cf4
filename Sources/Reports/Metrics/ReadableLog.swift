#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
