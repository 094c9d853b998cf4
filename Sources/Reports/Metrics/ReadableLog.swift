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

/// `read` of the system, which a method of that name hides.
private func systemRead(_ descriptor: Int32, _ bytes: inout [UInt8], _ count: Int) -> Int {
  read(descriptor, &bytes, count)
}
