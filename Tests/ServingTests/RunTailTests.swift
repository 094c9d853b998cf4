import Foundation
import Serving
import Settings
import Testing

/// What is told of a log that grows, shrinks, is replaced, or is no log.
@Suite("The tail of a run's log")
struct RunTailTests {
  private final class Folder {
    let path = NSTemporaryDirectory() + "lockstep-tail-\(UUID().uuidString)"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    var log: String { path + "/metrics.jsonl" }

    func append(_ text: String) throws {
      if !FileManager.default.fileExists(atPath: log) { _ = FileManager.default.createFile(atPath: log, contents: nil) }
      let file = try #require(FileHandle(forWritingAtPath: log))
      try file.seekToEnd()
      try file.write(contentsOf: Data(text.utf8))
      try file.close()
    }
  }

  private static func row(_ step: Int, kind: String = "step") -> String {
    "{\"kind\":\"\(kind)\",\"step\":\(step),\"epoch\":1,\"loss\":0.5,\"evaluatedOn\":\"test\"}\n"
  }

  private static func steps(_ news: RunTail.News) -> [JSONValue?] { news.rows.map { $0["step"] } }

  /// Looks until there is no more to read.
  private static func look(_ tail: inout RunTail) -> RunTail.News {
    while true {
      if let news = tail.news() { return news }
    }
  }

  @Test("is told once, line by whole line")
  func grows() throws {
    let folder = try Folder()
    var tail = RunTail(run: folder.path)
    #expect(Self.look(&tail).rows.isEmpty)
    try folder.append(Self.row(1) + "{\"kind\":\"step\",\"st")
    #expect(Self.steps(Self.look(&tail)) == [1])
    #expect(Self.look(&tail).rows.isEmpty)
    try folder.append("ep\":2,\"epoch\":1}\n")
    let news = Self.look(&tail)
    #expect(Self.steps(news) == [2] && !news.isReset)
    // Columns that curves do not need are not told.
    #expect(news.rows[0]["evaluatedOn"] == nil)
  }

  @Test("is told anew where the log is another one, shorter, or gone")
  func replaced() throws {
    let folder = try Folder()
    var tail = RunTail(run: folder.path)
    try folder.append(Self.row(1) + Self.row(2))
    _ = Self.look(&tail)
    try Data((Self.row(1) + Self.row(7)).utf8).write(to: URL(fileURLWithPath: folder.path + "/new"))
    rename(folder.path + "/new", folder.log)
    var news = Self.look(&tail)
    #expect(news.isReset && Self.steps(news) == [1, 7])
    truncate(folder.log, 0)
    try folder.append(Self.row(3))
    news = Self.look(&tail)
    #expect(news.isReset && Self.steps(news) == [3])
    unlink(folder.log)
    #expect(Self.look(&tail).isReset)
    #expect(!Self.look(&tail).isReset)
  }

  @Test("is thinned where it is long; epochs and the newest step are always told")
  func long() throws {
    let folder = try Folder()
    try folder.append((1...30_000).map { Self.row($0) + ($0 % 1000 == 0 ? Self.row($0, kind: "epoch") : "") }.joined())
    var tail = RunTail(run: folder.path)
    let rows = Self.look(&tail).rows
    #expect(rows.count { $0["kind"] == "epoch" } == 30)
    let steps = rows.filter { $0["kind"] == "step" }
    #expect((500...RunTail.mostRows).contains(steps.count) && steps.last?["step"] == 30_000)
  }

  @Test("is read a piece at a time; what was read and not told yet goes with a log that is replaced")
  func pieces() throws {
    let folder = try Folder()
    try folder.append((1...5000).map { Self.row($0) }.joined())
    var tail = RunTail(run: folder.path)
    var pieces = 1
    while tail.news() == nil { pieces += 1 }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.log)).count
    #expect(pieces == bytes / (1 << 16) + 1)

    tail = RunTail(run: folder.path)
    #expect(tail.news() == nil)
    try Data(Self.row(7).utf8).write(to: URL(fileURLWithPath: folder.path + "/new"))
    rename(folder.path + "/new", folder.log)
    let news = Self.look(&tail)
    #expect(news.isReset && Self.steps(news) == [7])
  }

  @Test("has no rows in what is no log")
  func foreign() throws {
    let folder = try Folder()
    try folder.append(
      "\n[]\n{}\nnull\n{\"kind\":\"x\",\"step\":1,\"epoch\":1}\n{\"kind\":\"step\"}\n\u{0}\n"
        + "{\"kind\":\"step\",\"step\":" + String(repeating: "[", count: 20_000) + "\n" + Self.row(5)
        + String(repeating: "x", count: 100_000) + "\n" + Self.row(6))
    var tail = RunTail(run: folder.path)
    #expect(Self.steps(Self.look(&tail)) == [5, 6])
    let other = try Folder()
    mkfifo(other.log, 0o600)
    var pipe = RunTail(run: other.path)
    #expect(Self.look(&pipe).rows.isEmpty)
  }
}
