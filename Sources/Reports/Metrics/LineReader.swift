/// A file that is read line by line, in pieces: neither its size nor that of a line matters.
struct LineReader: ~Copyable {
  /// Lines longer than this, in bytes, are no rows of ours.
  private static let longestLine = 1 << 16

  /// A line of the file.
  enum Line {
    /// With its line feed.
    case whole([UInt8])
    /// The last one, where it has no line feed: who wrote it was killed, or is writing now.
    case cutShort
    /// Too long for a row, with a line feed or without: what a power cut leaves, for example. What it says is not kept.
    case tooLong

    /// Its bytes, where it may be a row.
    var bytes: [UInt8]? { if case .whole(let bytes) = self { bytes } else { nil } }
  }

  private let file: ReadableLog
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  /// What of the chunk is not given away yet.
  private var unread = 0..<0

  /// Opens a file; nil where there is none.
  init?(_ path: String) throws(MetricsLogError) {
    guard let file = try ReadableLog(path) else { return nil }
    self.file = file
  }

  /// The next line; nil at the end.
  mutating func next() throws(MetricsLogError) -> Line? {
    var line: [UInt8] = []
    var isTooLong = false
    while true {
      if unread.isEmpty { unread = 0..<(try file.read(into: &chunk, atMost: chunk.count)) }
      if unread.isEmpty { return isTooLong ? .tooLong : line.isEmpty ? nil : .cutShort }
      let feed = chunk[unread].firstIndex(of: UInt8(ascii: "\n"))
      let piece = unread.lowerBound..<(feed.map { $0 + 1 } ?? unread.upperBound)
      unread = piece.upperBound..<unread.upperBound
      isTooLong = isTooLong || line.count + piece.count > Self.longestLine
      if isTooLong { line = [] } else { line += chunk[piece] }
      if feed != nil { return isTooLong ? .tooLong : .whole(line) }
    }
  }
}
