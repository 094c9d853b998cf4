import Foundation
import Reports
import Testing

@Suite("Metrics log: what it refuses")
struct MetricsLogErrorTests {
  private let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private func message(directory: String? = nil) -> String? {
    let log = MetricsLog(everySteps: 1, metrics: [])
    do throws(MetricsLogError) {
      try log.runStarted(Sample.start(firstStep: 10, directory: directory ?? scratch.path))
      return nil
    } catch {
      return error.description
    }
  }

  @Test("a directory that is not there")
  func missingDirectory() {
    #expect(
      message(directory: scratch.path + "/missing")
        == "cannot open \(scratch.path)/missing/metrics.jsonl.partial: No such file or directory")
  }

  @Test("a directory in place of a log")
  func directory() throws {
    try FileManager.default.createDirectory(atPath: scratch.path + "/metrics.csv", withIntermediateDirectories: false)
    #expect(message() == "cannot log to \(scratch.path)/metrics.csv: it is not a regular file; move it away")
    #expect(try scratch.names == ["metrics.csv", "metrics.jsonl"])
  }

  @Test("a named pipe in place of a log, without waiting for its other end")
  func pipe() {
    #expect(mkfifo(scratch.path + "/metrics.jsonl", 0o600) == 0)
    #expect(message() == "cannot log to \(scratch.path)/metrics.jsonl: it is not a regular file; move it away")
  }

  @Test("a table with other columns, which is left as it is")
  func otherColumns() throws {
    try scratch.write("epoch,loss\n1,0.5\n", to: "metrics.csv")
    #expect(
      message() == """
        cannot continue \(scratch.path)/metrics.csv: its header names other columns than this run logs; \
        move it away, then resume
        """)
    #expect(try scratch.read("metrics.csv") == "epoch,loss\n1,0.5\n")
    #expect(try scratch.names == ["metrics.csv", "metrics.jsonl"])
  }

  @Test("a full disk is named, and nothing that waits for it is lost")
  func fullDisk() throws {
    var file = try LogFile(appendingTo: "/dev/full")
    file.append([1, 2, 3])
    for _ in 1...2 {
      do throws(MetricsLogError) {
        try file.flush()
        Issue.record("writing to a full disk succeeded")
      } catch {
        #expect(
          error.description
            == "cannot write /dev/full: No space left on device; free some space, then resume the run")
      }
      #expect(file.pending == 3)
    }
  }
}
