#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `events.out.tfevents.1764150000.host.4711.0`: second of creation, host, process, number.
///
/// TensorBoard reads the files of a run in the order of their names and never goes back, so a new name comes behind all that
/// are there, whatever the clock says.
package enum EventFileName {
  private static let start = "events.out.tfevents."
  private static let digits = 10

  /// Whether TensorBoard, and we, take a file of this name for events.
  package static func matches(_ name: String) -> Bool { name.hasPrefix(start) }

  /// The second in a name; nil for a name of another form, which cannot be told how to come before or behind ours.
  private static func second(in name: String) -> Int? {
    let number = name.dropFirst(start.count).prefix { $0 != "." }
    guard matches(name), number.utf8.count == digits, number.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(number)
  }

  /// A name for a new file beside others.
  ///
  /// - Parameter now: seconds since 1970.
  package static func new(
    beside names: [String], now: Int, host: String = EventFileName.host, process: Int32 = getpid()
  ) -> String {
    // One more than the largest number of ten digits has no place behind it.
    let last = names.compactMap(second).max { $0 < $1 }.map { min($0, 9_999_999_998) } ?? 0
    let number = "\(max(now, last + 1))"
    return start + String(repeating: "0", count: max(0, digits - number.utf8.count)) + number + ".\(host).\(process).0"
  }

  /// This machine's name, of characters that any file system takes.
  package static var host: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    let name = buffer.prefix { $0 != 0 }.prefix(64).map { UInt8(bitPattern: $0) }
    let isKept: (UInt8) -> Bool = { $0 < 0x80 && (Character(UnicodeScalar($0)).isLetter || (48...57).contains($0)) }
    let text = String(
      decoding: name.map { isKept($0) || $0 == UInt8(ascii: "-") ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
    return text.isEmpty ? "unknown" : text
  }
}
