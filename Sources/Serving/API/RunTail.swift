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

  package init(run: String) { path = run + "/metrics.jsonl" }

  /// Looks.
  package mutating func news() -> News {
    var news = News()
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      news.isReset = file != nil
      forget()
      return news
    }
    if file != nil, UInt64(status.st_ino) != inode || UInt64(status.st_size) < offset {
      news.isReset = true
      forget()
    }
    if file == nil {
      guard let opened = FileHandle(forReadingAtPath: path) else { return news }
      (file, inode) = (opened, UInt64(status.st_ino))
    }
    while let chunk = try? file?.read(upToCount: 1 << 16), !chunk.isEmpty {
      offset += UInt64(chunk.count)
      rest += chunk
      takeLines(&news.rows)
      if news.rows.count > 16 * RunTail.mostRows { news.rows = RunTail.thinned(news.rows) }
    }
    news.rows = RunTail.thinned(news.rows)
    return news
  }

  private mutating func forget() {
    try? file?.close()
    (file, offset, rest) = (nil, 0, [])
  }

  private mutating func takeLines(_ rows: inout [JSONValue]) {
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if end - start <= RunTail.longestLine, let row = RunTail.row(rest[start..<end]) { rows.append(row) }
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
