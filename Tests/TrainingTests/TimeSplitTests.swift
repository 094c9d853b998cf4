import Networks
import Testing
import Training

@Suite("Where the time of a step goes")
struct TimeSplitTests {
  /// Two workers and two steps of 100 ns. In the second step worker 1 sleeps through the shards, and begins late with a slice.
  private static let events: [[RecordedEvent]] = [
    [
      RecordedEvent(.prepare, index: 0, begin: 11, end: 13),
      RecordedEvent(.data, begin: 13, end: 14),
      RecordedEvent(.forward, index: 0, begin: 14, end: 20),
      RecordedEvent(.forward, index: 1, begin: 20, end: 22),
      RecordedEvent(.loss, begin: 22, end: 23),
      RecordedEvent(.backward, index: 1, begin: 23, end: 30),
      RecordedEvent(.backward, index: 0, begin: 30, end: 39),
      RecordedEvent(.shard, index: 0, begin: 10, end: 40),
      RecordedEvent(.gradientPhase, begin: 5, end: 55),
      RecordedEvent(.weights, index: 1, begin: 60, end: 66),
      RecordedEvent(.reduce, index: 0, begin: 60, end: 70),
      RecordedEvent(.reduce, index: 2, begin: 71, end: 80),
      RecordedEvent(.reducePhase, begin: 58, end: 85),
      RecordedEvent(.step, index: 0, begin: 0, end: 100),
      RecordedEvent(.forward, index: 2, begin: 110, end: 130),
      RecordedEvent(.shard, index: 0, begin: 110, end: 130),
      RecordedEvent(.shard, index: 1, begin: 130, end: 150),
      RecordedEvent(.gradientPhase, begin: 105, end: 155),
      RecordedEvent(.reduce, index: 0, begin: 160, end: 180),
      RecordedEvent(.reducePhase, begin: 158, end: 185),
      RecordedEvent(.step, index: 1, begin: 100, end: 200),
    ],
    [
      RecordedEvent(.forward, index: 1, begin: 20, end: 50),
      RecordedEvent(.shard, index: 1, begin: 20, end: 50),
      RecordedEvent(.reduce, index: 1, begin: 60, end: 75),
      RecordedEvent(.reduce, index: 1, begin: 170, end: 180),
    ],
  ]

  private let split = TimeSplit(events, rowOfStage: [0, 0, 1], rows: 2, samples: 7)

  /// Nanoseconds of both steps together.
  private func nanoseconds(_ seconds: Double) -> Int { Int((seconds * 2e9).rounded()) }

  @Test("stages of one layer are added up, over workers and steps")
  func layers() {
    #expect(split.layers.map { nanoseconds($0.forward) } == [38, 20])
    #expect(split.layers.map { nanoseconds($0.backward) } == [16, 0])
    #expect(split.layers.map { nanoseconds($0.prepare) } == [2, 0])
    #expect(split.layers.map { nanoseconds($0.weights) } == [6, 0])
    #expect(nanoseconds(split.loss) == 1)
    #expect(nanoseconds(split.data) == 1)
    // 10 to 11 and 39 to 40 of the first shard, and all of the last one.
    #expect(nanoseconds(split.shards) == 22)
  }

  @Test("a phase lasts from the first item to the last; what is not an item is waiting, what is not a phase overhead")
  func waiting() {
    // Spans: 10 to 50, 60 to 80, 110 to 150, 160 to 180.
    #expect(nanoseconds(split.overhead) == 200 - 120)
    #expect(nanoseconds(split.reduce) == (10 - 6) + 9 + 15 + 20 + 10)
    #expect(nanoseconds(split.waiting) == 2 * 120 - (30 + 30 + 40) - 64)
  }

  @Test("the parts add up to the workers' time")
  func sum() {
    #expect(split.samples == 3.5)
    #expect(nanoseconds(split.step) == 200)
    let layers = split.layers.reduce(0) { $0 + $1.total }
    let parts = layers + split.loss + split.data + split.shards + split.reduce + split.waiting + 2 * split.overhead
    #expect(nanoseconds(parts) == nanoseconds(split.total))
    #expect(nanoseconds(split.total) == 400)
  }
}

@Suite("Recorder")
struct RecorderTests {
  @Test("laps follow each other without a gap, inside what surrounds them")
  func laps() {
    let recorder = Recorder(capacity: 8)
    recorder.isOn = true
    let begin = recorder.begin()
    recorder.lap(.forward, 3)
    recorder.lap(.backward, 3)
    recorder.end(.shard, 1, since: begin)
    let events = recorder.take()
    #expect(events.map(\.activity) == [.forward, .backward, .shard])
    #expect(events.map(\.index) == [3, 3, 1])
    #expect(events[0].begin == begin && events[2].begin == begin)
    #expect(events[0].end == events[1].begin && events[1].end <= events[2].end)
    #expect(recorder.take().isEmpty)
  }

  @Test("writes nothing while it is off, and counts what has no room")
  func capacity() {
    let recorder = Recorder(capacity: 2)
    recorder.lap(.loss)
    #expect(recorder.take().isEmpty)
    recorder.isOn = true
    _ = recorder.begin()
    for _ in 0..<5 { recorder.lap(.loss) }
    #expect(recorder.take().count == 2)
    #expect(recorder.dropped == 3)
  }
}
