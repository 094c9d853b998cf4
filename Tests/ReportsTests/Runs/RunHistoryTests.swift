import Foundation
import Reports
import Testing

@Suite("A run's log, read back")
struct RunHistoryTests {
  private let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private func read(_ text: String) throws -> RunHistory {
    try scratch.write(text, to: "metrics.jsonl")
    return try #require(try RunHistory.read(scratch.path + "/metrics.jsonl"))
  }

  private static let rows = [
    #"{"kind":"step","step":10,"epoch":1,"loss":0.5,"accuracy":0.25,"learningRate":0.001,"gradientNorm":2.5,"samplesPerSecond":256.0,"seconds":2.0,"threads":2}"#,
    #"{"kind":"step","step":20,"epoch":1,"loss":null,"accuracy":0.5,"learningRate":0.001,"seconds":3.0}"#,
    #"{"kind":"epoch","step":20,"epoch":1,"loss":0.4,"accuracy":0.4,"evaluatedOn":"test","evaluationLoss":0.3,"evaluationAccuracy":0.9,"samplesPerSecond":250.0,"seconds":4.0,"skippedSteps":3,"threads":2}"#,
  ]

  @Test("all that the log has")
  func all() throws {
    let history = try read(Self.rows.map { $0 + "\n" }.joined())
    #expect(
      history.steps == [
        .init(
          step: 10, epoch: 1, loss: 0.5, accuracy: 0.25, learningRate: 0.001, gradientNorm: 2.5, samplesPerSecond: 256,
          seconds: 2),
        .init(step: 20, epoch: 1, loss: nil, accuracy: 0.5, learningRate: 0.001, seconds: 3),
      ])
    #expect(
      history.epochs == [
        .init(
          epoch: 1, step: 20, loss: 0.4, accuracy: 0.4, evaluatedOn: "test", evaluationLoss: 0.3,
          evaluationAccuracy: 0.9, samplesPerSecond: 250, seconds: 4, skippedSteps: 3, session: 0)
      ])
    #expect(history.sessions == [.init(previousStep: 0, lastStep: 20, threads: 2, seconds: 4)])
    #expect(history.unreadableLines == 0 && !history.endsCutShort && history.lastStep == 20)
  }

  @Test("a torn last line is no row")
  func torn() throws {
    for length in 1..<Self.rows[2].utf8.count {
      let history = try read(Self.rows[0] + "\n" + Self.rows[2].prefix(length))
      #expect(history.steps.count == 1 && history.epochs.isEmpty && history.endsCutShort)
      #expect(history.unreadableLines == 0)
    }
  }

  @Test(
    "lines that are none are counted, and change nothing",
    arguments: [
      "", "nonsense", "\0\0\0", "{}", #"{"kind":"step"}"#, #"{"kind":"step","step":-1,"epoch":1}"#,
      #"{"kind":"step","step":99999999999999999999,"epoch":1}"#, #"{"kind":"step","step":30,"epoch":2"#,
      #"{"kind":"step","step":10,"epoch":1,"loss":7}"#, #"{"kind":"epoch","step":40,"epoch":1,"loss":7}"#,
      #"{"kind":"step","step":30,"epoch":1,"loss":7}"#, #"{"kind":"other","step":30,"epoch":2,"loss":7}"#,
      String(repeating: "[", count: 70_000),
    ])
  func broken(line: String) throws {
    let whole = try read(Self.rows.map { $0 + "\n" }.joined())
    var history = try read(Self.rows.map { $0 + "\n" }.joined() + line + "\n")
    #expect(history.unreadableLines == 1 && history.firstUnreadableLine == 4)
    (history.unreadableLines, history.firstUnreadableLine) = (0, nil)
    #expect(history == whole)
  }

  @Test("every prefix of a log, and every flipped byte, is read without harm")
  func damage() throws {
    let bytes = Array(Self.rows.map { $0 + "\n" }.joined().utf8)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= UInt8(1 << (place % 8))
      try Data(damaged).write(to: URL(fileURLWithPath: scratch.path + "/metrics.jsonl"))
      let history = try #require(try RunHistory.read(scratch.path + "/metrics.jsonl"))
      #expect(history.steps.count <= 2 && history.epochs.count <= 1)
    }
  }

  @Test("sessions are told by their clocks, and by the threads that a process writes down")
  func sessions() throws {
    func step(_ step: Int, _ seconds: Double, _ threads: String = "") -> String {
      #"{"kind":"step","step":\#(step),"epoch":1,"loss":1.0,"seconds":\#(seconds)\#(threads)}"# + "\n"
    }
    let history = try read(
      step(1, 5, #","threads":2"#) + step(2, 6) + step(3, 0.5, #","threads":4"#) + step(4, 0.75)
        // A process that was slower to its first row than the one before to its last.
        + step(5, 9, #","threads":2"#) + step(6, 10)
        // A log of an older version.
        + step(7, 2))
    #expect(
      history.sessions == [
        .init(previousStep: 0, lastStep: 2, threads: 2, seconds: 6),
        .init(previousStep: 2, lastStep: 4, threads: 4, seconds: 0.75),
        .init(previousStep: 4, lastStep: 6, threads: 2, seconds: 10),
        .init(previousStep: 6, lastStep: 7, threads: nil, seconds: 2),
      ])
    #expect(history.seconds == 18.75 && history.threads == [2, 4])
  }

  @Test("the best epoch is the first with the lowest loss")
  func best() throws {
    let losses = ["0.5", "0.25", "null", "0.25", "0.75"]
    let history = try read(
      losses.enumerated().map { index, loss in
        #"{"kind":"epoch","step":\#(10 * (index + 1)),"epoch":\#(index + 1),"evaluationLoss":\#(loss)}"# + "\n"
      }.joined())
    #expect(history.epochs.count == 5 && history.best?.epoch == 2)
  }

  @Test("the rate is the median of the epochs' rates, and of the steps' where no epoch is done")
  func rate() throws {
    func rows(_ rates: [Double], _ kind: String) -> String {
      rates.enumerated().map { index, rate in
        let (step, epoch) = (10 * (index + 1), kind == "epoch" ? index + 1 : 1)
        return #"{"kind":"\#(kind)","step":\#(step),"epoch":\#(epoch),"samplesPerSecond":\#(rate)}"# + "\n"
      }.joined()
    }
    for kind in ["epoch", "step"] {
      #expect(try read(rows([300, 100, 250], kind)).samplesPerSecond == 250)
      #expect(try read(rows([300, 100, 250, 200], kind)).samplesPerSecond == 225)
    }
    let both = rows([100, 400], "step") + #"{"kind":"epoch","step":30,"epoch":1,"samplesPerSecond":30}"# + "\n"
    #expect(try read(both).samplesPerSecond == 30)
    #expect(try read(rows([], "step")).samplesPerSecond == nil)
  }

  @Test("a line may be as long as 64 KiB; what is longer is no row, with a line feed or without")
  func longLines() throws {
    func row(_ step: Int, bytes: Int) -> String {
      let start = #"{"kind":"step","step":\#(step),"epoch":1,"x":""#
      return start + String(repeating: "x", count: bytes - start.utf8.count - 3) + "\"}\n"
    }
    // Lines that end in any place of the pieces in which the file is read.
    var text = ""
    for step in 1...8 { text += row(step, bytes: (1 << 16) - step * step + 1) }
    #expect(try read(text).steps.map(\.step) == Array(1...8))
    let history = try read(row(1, bytes: 1 << 16) + row(2, bytes: 1 << 16 + 1) + row(3, bytes: 200))
    #expect(history.steps.map(\.step) == [1, 3])
    #expect(history.unreadableLines == 1 && history.firstUnreadableLine == 2)
    let zeros = String(repeating: "\0", count: 300_000)
    let cut = try read(row(1, bytes: 200) + zeros)
    #expect(cut.steps.count == 1 && cut.firstUnreadableLine == 2 && !cut.endsCutShort)
    let mended = try read(row(1, bytes: 200) + zeros + "\n" + row(2, bytes: 200))
    #expect(mended.steps.count == 2 && mended.firstUnreadableLine == 2)
  }

  @Test("no log, and something else in its place")
  func missing() throws {
    #expect(try RunHistory.read(scratch.path + "/metrics.jsonl") == nil)
    #expect(throws: MetricsLogError.notAFile(path: scratch.path)) { try RunHistory.read(scratch.path) }
  }
}
