import Settings

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The content of a config file.
public struct ConfigFile: Sendable {
  /// The file as the user named it.
  public let path: String
  /// Its content, read up to just beyond the size that `JSONParser` takes.
  public let bytes: [UInt8]

  /// Reads the file.
  ///
  /// - Throws: `TrainingError.cannotRead` where it is missing or unreadable; `directoryForConfig`, `notAConfig` where it is a directory or a checkpoint.
  public init(path: String) throws(TrainingError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= JSONParser.largestInput {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 || errno != EISDIR else {
        throw .directoryForConfig(path: path, isRun: access(path + "/config.json", F_OK) == 0)
      }
      guard count >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    guard !bytes.starts(with: ConfigFile.signatureOfHDF5) else { throw .notAConfig(path: path) }
    self.bytes = bytes
  }

  private static let signatureOfHDF5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Takes content that is at hand.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// The file's name without directory and extension: `digits` for `Configs/digits.json`.
  public var baseName: String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
    return String(name[..<dot])
  }
}
