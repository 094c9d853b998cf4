import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The end of an open file: bytes that the system took and that may not be on the disk yet.
///
/// They are kept until they are. After a failed flush the system takes its pages for clean: a second flush would succeed without the
/// data, and what is read back may be either. So the bytes are written once more, at their old place, before the file is flushed again.
///
/// Closes the file when the last one who needs it is done: a thread may still be flushing.
final class DurableTail: Sendable {
  private struct Tail {
    var bytes: [UInt8] = []
    /// Place of the first one in the file.
    var start: Int
    /// Whether a flush has failed since they were written.
    var isSuspect = false
  }

  /// More bytes than this do not wait for the next checkpoint to be flushed.
  private static let largest = 1 << 20

  private let descriptor: Int32
  private let flush: @Sendable (Int32) -> Int32
  private let tail: Mutex<Tail>

  /// Takes over an open file, and goes to its end.
  init(of descriptor: Int32, flush: @escaping @Sendable (Int32) -> Int32) {
    self.descriptor = descriptor
    self.flush = flush
    tail = Mutex(Tail(start: max(0, lseek(descriptor, 0, SEEK_END))))
  }

  deinit { close(descriptor) }

  /// Hands bytes to the system, all or as many as it takes, and removes those from `bytes`. By one thread at a time.
  ///
  /// - Returns: the error number that stopped it, or nil when all are written.
  func append(_ bytes: inout [UInt8]) -> Int32? {
    let all = bytes
    let code = Bytes.drain(&bytes, to: descriptor)
    let count = tail.withLock { tail in
      tail.bytes += all.dropLast(bytes.count)
      return tail.bytes.count
    }
    // A failure is for the next checkpoint to report.
    if count > Self.largest { _ = synchronize() }
    return code
  }

  /// Waits until all bytes are on the disk. Most checkpoints come between two rows: they need not wait for a disk that has nothing to do.
  ///
  /// - Returns: the error number of what failed, or nil.
  func synchronize() -> Int32? {
    let (bytes, start, isSuspect) = tail.withLock { ($0.bytes, $0.start, $0.isSuspect) }
    guard !bytes.isEmpty else { return nil }
    let code = (isSuspect ? rewrite(bytes, at: start) : nil) ?? (flush(descriptor) == 0 ? nil : errno)
    tail.withLock { tail in
      guard code == nil else {
        tail.isSuspect = true
        return
      }
      // Another thread's flush has failed meanwhile, and this one's success says nothing.
      if tail.isSuspect, !isSuspect { return }
      tail.isSuspect = false
      let durable = start + bytes.count - tail.start
      guard durable > 0 else { return }
      tail.bytes.removeFirst(durable)
      tail.start += durable
    }
    return code
  }

  private func rewrite(_ bytes: [UInt8], at start: Int) -> Int32? {
    var (rest, place) = (bytes, start)
    while !rest.isEmpty {
      let written = pwrite(descriptor, rest, rest.count, off_t(place))
      if written < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest.removeFirst(written)
      place += written
    }
    return nil
  }
}
