#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes on their way to a file descriptor.
enum Bytes {
  /// Writes all bytes or as many as the system takes, and removes those written from `bytes`.
  ///
  /// - Returns: the error number that stopped it, or nil when all are written.
  static func drain(_ bytes: inout [UInt8], to descriptor: Int32) -> Int32? {
    while !bytes.isEmpty {
      let written = write(descriptor, bytes, bytes.count)
      if written < 0 {
        if errno == EINTR { continue }
        return errno
      }
      if written == bytes.count {
        bytes.removeAll(keepingCapacity: true)
      } else {
        bytes.removeFirst(written)
      }
    }
    return nil
  }

  /// Writes as much as the system takes.
  static func writeIgnoringFailure(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes
    _ = drain(&rest, to: descriptor)
  }
}
