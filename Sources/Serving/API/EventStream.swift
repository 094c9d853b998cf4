import Foundation
import Settings

/// Server-sent events (WHATWG HTML, 9.2) of a run: its rows, old and new.
enum EventStream {
  private static let period = Duration.milliseconds(500)
  /// A comment now and then, so that a client that went away is noticed.
  private static let silence = 20

  /// Rows of one event.
  private static let mostRows = 200

  static func send(
    run: String, isDraining: @Sendable () -> Bool, write: @Sendable ([UInt8]) async throws -> Void
  ) async throws {
    var tail = RunTail(run: run)
    var quiet = 0
    try await write(Array("retry: 2000\n\n".utf8))
    while !isDraining(), !Task.isCancelled {
      guard let news = tail.news() else {
        await Task.yield()
        continue
      }
      if news.isReset { try await write(event("reset", .object([]))) }
      for start in stride(from: 0, to: news.rows.count, by: mostRows) {
        try await write(event("rows", .array(Array(news.rows[start..<min(start + mostRows, news.rows.count)]))))
      }
      quiet = news.rows.isEmpty && !news.isReset ? quiet + 1 : 0
      if quiet == silence {
        try await write(Array(": still here\n\n".utf8))
        quiet = 0
      }
      try await Task.sleep(for: period)
    }
  }

  private static func event(_ name: String, _ data: JSONValue) -> [UInt8] {
    Array("event: \(name)\ndata: \(data)\n\n".utf8)
  }
}
