#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that may be a picture.
public enum PictureFile {
  /// Bytes that are asked for at once.
  private static let chunk = 1 << 18

  /// A file's first bytes, for `PictureFormat`.
  ///
  /// - Throws: `PictureError`.
  public static func prefix(of path: String) throws(PictureError) -> [UInt8] {
    try named(path) { descriptor throws(PictureFault) in
      try read(descriptor, atMost: PictureFormat.prefixLength)
    }
  }

  /// Reads a picture from a regular file.
  ///
  /// - Throws: `PictureError`.
  public static func read(_ path: String, limits: PictureLimits = PictureLimits()) throws(PictureError) -> Picture {
    try named(path) { descriptor throws(PictureFault) in try Picture(whole(descriptor, limits: limits), limits: limits)
    }
  }

  /// Reads a picture that arrives on a descriptor, for example through a pipe, up to its end.
  ///
  /// - Parameter name: what messages call it.
  /// - Throws: `PictureError`.
  public static func read(
    descriptor: CInt, name: String, limits: PictureLimits = PictureLimits()
  ) throws(PictureError) -> Picture {
    do throws(PictureFault) {
      return try Picture(whole(descriptor, limits: limits), limits: limits)
    } catch {
      throw PictureError(path: name, fault: error)
    }
  }

  /// Opens a regular file for `body`; an error gets its name.
  private static func named<Value>(
    _ path: String, _ body: (CInt) throws(PictureFault) -> Value
  ) throws(PictureError) -> Value {
    do throws(PictureFault) {
      // Not blocking, because opening a pipe would wait for its writer.
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { throw .unreadable(reason: systemReason()) }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .unreadable(reason: systemReason()) }
      if let kind = kind(status.st_mode) { throw .notAFile(kind: kind) }
      return try body(descriptor)
    } catch {
      throw PictureError(path: path, fault: error)
    }
  }

  /// What it is instead of a regular file; nil for one.
  private static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a directory"
    case S_IFIFO: "a pipe (- reads one from standard input)"
    default: "a device"
    }
  }

  private static func whole(_ descriptor: CInt, limits: PictureLimits) throws(PictureFault) -> [UInt8] {
    // One byte more tells that there are too many, where a number can be one more.
    let bytes = try read(descriptor, atMost: min(limits.fileBytes, .max - 1) + 1)
    guard bytes.count <= limits.fileBytes else { throw .tooLong(limit: limits.fileBytes) }
    return bytes
  }

  /// Memory grows with what arrives, not with what a file's length claims.
  private static func read(_ descriptor: CInt, atMost limit: Int) throws(PictureFault) -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: min(chunk, limit))
    while bytes.count < limit {
      #if canImport(Darwin)
        let count = Darwin.read(descriptor, &part, min(part.count, limit - bytes.count))
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, &part, min(part.count, limit - bytes.count))
      #else
        let count = Glibc.read(descriptor, &part, min(part.count, limit - bytes.count))
      #endif
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(reason: systemReason())
      }
      bytes += part[..<count]
    }
    return bytes
  }

  private static func systemReason() -> String { String(cString: strerror(errno)) }
}
