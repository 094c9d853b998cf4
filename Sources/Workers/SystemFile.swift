#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The small files in which Linux tells a process about itself.
package enum SystemFile {
  /// The text of a file, as far as 16 KiB go; nil where it cannot be read.
  package static func text(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// What `/proc/self/status` says behind a key, without space around it; nil where it does not say.
  ///
  /// - Parameter readFile: the text of a file, nil where it cannot be read.
  package static func status(_ key: String, readFile: (String) -> String? = text) -> String? {
    let lines = readFile("/proc/self/status")?.split(separator: "\n")
    guard let line = lines?.first(where: { $0.hasPrefix("\(key):") }) else { return nil }
    let value = line.dropFirst(key.count + 1).drop(while: \.isWhitespace)
    return String(value.prefix { !$0.isWhitespace })
  }
}
