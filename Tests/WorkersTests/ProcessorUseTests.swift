import Testing
import Workers

@Suite("What others take of the processors")
struct ProcessorUseTests {
  private func use(_ line: String, own: Double) -> ProcessorUse? {
    ProcessorUse(statistics: line + "\ncpu0 1 2 3\n", ticksPerSecond: 100, own: own)
  }

  @Test func isWhatWasBusyWithoutUs() throws {
    let before = try #require(use("cpu  1000 100 200 5000 300 10 20 30 40 50", own: 3))
    // 4 s of all processors: 2.4 busy, of which we computed 1.
    let after = try #require(use("cpu  1150 110 250 5140 320 15 25 50 40 50", own: 4))
    #expect(abs(after.shareOfOthers(since: before) - 1.4 / 4) < 1e-12)
    #expect(after.shareOfOthers(since: after) == 0)
    // Clocks that tick apart make no negative share.
    let alone = try #require(use("cpu  1150 110 250 5140 320 15 25 50 40 50", own: 9))
    #expect(alone.shareOfOthers(since: before) == 0)
  }

  @Test(arguments: ["", "cpu", "cpu 1 2 3 4 5 6 7", "cpu0 1 2 3 4 5 6 7 8", "cpu a 2 3 4 5 6 7 8"])
  func whatIsNoStatistics(line: String) { #expect(use(line, own: 0) == nil) }

  #if os(Linux)
    @Test func ofThisMachine() throws {
      let before = try #require(ProcessorUse.current())
      let after = try #require(ProcessorUse.current())
      #expect((0...1).contains(after.shareOfOthers(since: before)))
    }
  #endif
}
