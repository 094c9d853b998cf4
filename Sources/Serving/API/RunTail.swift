import Foundation
import Settings

/// Reads a run's `metrics.jsonl` as it grows.
///
/// A resume replaces the file by one that ends earlier, and a new run by another one: then all is read again.
package struct RunTail {
  /// What was found since the last look.
  package struct News {
    /// Everything that was told before no longer holds.
    package var isReset = false
    package var rows: [JSONValue] = []
  }

  /// Rows of steps that are told of the past: of a long run, every second, fourth … one. Rows of epochs are all told.
  package static let mostRows = 1000
  /// Longest line; what is longer is passed over.
  private static let longestLine = 16 << 10
  /// Bytes that are read at once.
  private static let piece = 1 << 16
  /// Columns that are told, where they are finite numbers.
  private static let columns = [
    "step", "epoch", "loss", "accuracy", "learningRate", "gradientNorm", "evaluationLoss", "evaluationAccuracy",
    "samplesPerSecond", "seconds",
  ]

  private let path: String
  private var file: FileHandle?
  private var inode: UInt64 = 0
  private var offset: UInt64 = 0
  private var rest: [UInt8] = []
  /// What is not told yet.
  private var found = News()

  package init(run: String) { path = run + "/metrics.jsonl" }

  /// Reads on, one piece at most: a long log takes a while, and others wait for this thread.
  ///
  /// - Returns: nil where there is more to read.
  package mutating func news() -> News? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      if file != nil { startAgain() }
      return told()
    }
    if file != nil, UInt64(status.st_ino) != inode || UInt64(status.st_size) < offset { startAgain() }
    if file == nil {
      guard let opened = FileHandle(forReadingAtPath: path) else { return told() }
      (file, inode) = (opened, UInt64(status.st_ino))
    }
    guard let piece = try? file?.read(upToCount: RunTail.piece), !piece.isEmpty else { return told() }
    offset += UInt64(piece.count)
    rest += piece
    takeLines()
    if found.rows.count > 16 * RunTail.mostRows { found.rows = RunTail.thinned(found.rows) }
    return piece.count < RunTail.piece ? told() : nil
  }

  private mutating func told() -> News {
    defer { found = News() }
    return News(isReset: found.isReset, rows: RunTail.thinned(found.rows))
  }

  private mutating func startAgain() {
    try? file?.close()
    (file, offset, rest) = (nil, 0, [])
    found = News(isReset: true)
  }

  private mutating func takeLines() {
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if end - start <= RunTail.longestLine, let row = RunTail.row(rest[start..<end]) { found.rows.append(row) }
      start = end + 1
    }
    rest.removeFirst(start)
    if rest.count > RunTail.longestLine { rest = [] }
  }

  /// A line as it is told; nil for one that is not a row.
  static func row(_ line: ArraySlice<UInt8>) -> JSONValue? {
    guard let value = try? JSONParser.parse(Array(line), file: "metrics.jsonl").value,
      case .string(let kind)? = value["kind"], kind == "step" || kind == "epoch"
    else { return nil }
    var members: [(key: String, value: JSONValue)] = [("kind", .string(kind))]
    for column in columns {
      switch value[column] {
      case .integer?, .number?: members.append((column, value[column] ?? .null))
      default: break
      }
    }
    guard value["step"] != nil, value["epoch"] != nil else { return nil }
    return .object(members)
  }

  private static func thinned(_ rows: [JSONValue]) -> [JSONValue] {
    let steps = rows.count { $0["kind"] == "step" }
    guard steps > mostRows else { return rows }
    let stride = (steps + mostRows - 1) / mostRows
    var position = 0
    return rows.filter { row in
      guard row["kind"] == "step" else { return true }
      defer { position += 1 }
      // The last of each group, so that the newest is always there.
      return (steps - 1 - position).isMultiple(of: stride)
    }
  }
}
