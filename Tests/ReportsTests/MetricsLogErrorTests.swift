import Foundation
import Reports
import Synchronization
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
    #expect(try scratch.names == ["metrics.csv"])
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
        move it away, or train into another directory (--run)
        """)
    #expect(try scratch.read("metrics.csv") == "epoch,loss\n1,0.5\n")
    #expect(try scratch.names == ["metrics.csv"])
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

  @Test("what a failed flush has dropped is written again before the next one counts", arguments: [1, 3])
  func failedFlush(failures: Int) throws {
    let path = "\(scratch.path)/log"
    let calls = Mutex(0)
    var file = try LogFile(creating: path) { descriptor in
      let isFailing = calls.withLock { calls in
        calls += 1
        // The first one is good: what it made durable is not written again.
        return calls > 1 && calls <= 1 + failures
      }
      guard isFailing else { return fsync(descriptor) }
      // What may be left on the disk, which is what the system then reads.
      try? scratch.write("good\n", to: "log")
      truncate(path, 10)
      errno = EIO
      return -1
    }
    file.append(Array("good\n".utf8))
    try file.synchronize()
    file.append(Array("lost\n".utf8))
    for _ in 0..<failures {
      #expect(throws: MetricsLogError.system(operation: "flush", path: path, code: EIO)) { try file.synchronize() }
      #expect(try scratch.read("log") == "good\n\0\0\0\0\0")
    }
    file.append(Array("more\n".utf8))
    try file.synchronize()
    #expect(try scratch.read("log") == "good\nlost\nmore\n")
    let flushes = calls.withLock { $0 }
    try file.synchronize()
    #expect(calls.withLock { $0 } == flushes, "a file that is on the disk was flushed again")
  }
}
