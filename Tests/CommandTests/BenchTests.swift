import Foundation
import Testing

/// `lockstep bench`: what it says about any machine, never how fast that is.
@Suite("bench")
struct BenchTests {
  private struct Report: Decodable {
    struct Machine: Decodable {
      let processor, instructionSet: String
      let processors: Int
    }
    struct Part: Decodable {
      let seconds, share: Double
      let flopsPerSample: Int?
      let flopsPerSecond, ofPeak: Double?
    }
    struct Layer: Decodable {
      let names: [String]
      let forward, backward, weightsInReducePhase, prepare: Part
    }
    struct Split: Decodable {
      let stepSeconds, samplesPerStep, totalSeconds, overheadSeconds: Double
      let layers: [Layer]
      let loss, data, restOfShards, reduceAndUpdate, waiting, betweenPhases: Part

      var parts: [Part] {
        layers.flatMap { [$0.forward, $0.backward, $0.prepare] }
          + [loss, data, restOfShards, reduceAndUpdate, waiting, betweenPhases]
      }
    }
    struct Evaluation: Decodable {
      let samples: Int
      let samplesPerSecond: Double
    }
    struct Recorder: Decodable { let samplesPerSecond, cost: Double }
    struct Result: Decodable {
      let threads, allReduceBytes: Int
      let samplesPerSecond, speedUp, efficiency, stepSeconds, samplesPerStep, peakFlopsPerSecond: Double
      let evaluation: Evaluation
      let recorder: Recorder
      let shares: [String: Double]
      let split: Split
    }
    let name, version: String
    let machine: Machine
    let batchSize, shards, parameters, rounds, stepsPerTurn: Int
    let sameBits: Bool
    let results: [Result]
  }

  private static func bench(_ config: String, _ options: [String]) throws -> (Command.Result, files: [String], Command)
  {
    let command = try Command()
    try command.write(config, to: "c.json")
    let result = try command.run(["bench", "c.json", "--seconds", "0.1"] + options, limit: 300)
    return (result, try command.files(in: "."), command)
  }

  @Test(
    "the numbers of --json agree with each other",
    arguments: [("convnet", SmallConfigs.convnet), ("awkward", SmallConfigs.awkward)])
  func json(config: (name: String, text: String)) throws {
    let (result, files, command) = try Self.bench(config.text, ["--threads", "2,1,3", "--json"])
    defer { command.remove() }
    try #require(result.status == 0, "\(result.error)")
    #expect(files == ["c.json"], "a benchmark writes nothing")
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(report.name == config.name)
    #expect(report.results.map(\.threads) == [2, 1, 3])
    #expect(report.results[0].speedUp == 1)
    #expect(report.rounds >= 3 && report.stepsPerTurn >= 3)
    #expect(report.sameBits)
    for result in report.results { check(result, of: report) }
  }

  private func check(_ result: Report.Result, of report: Report) {
    let split = result.split
    // Shares are of the workers' time, all of which is told.
    #expect(abs(split.parts.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    #expect(abs(split.parts.reduce(0) { $0 + $1.seconds } / split.totalSeconds - 1) < 1e-9)
    #expect(abs(split.totalSeconds / (split.stepSeconds * Double(result.threads)) - 1) < 1e-9)
    #expect(split.parts.allSatisfy { $0.seconds >= 0 })
    #expect(split.loss.seconds > 0 && split.reduceAndUpdate.seconds > 0)
    #expect(split.overheadSeconds > 0 && split.overheadSeconds < split.stepSeconds)
    // Rates and times tell the same story.
    #expect(abs(result.samplesPerSecond * result.stepSeconds / result.samplesPerStep - 1) < 1e-9)
    #expect(result.samplesPerStep <= Double(report.batchSize) && split.samplesPerStep <= Double(report.batchSize))
    #expect(abs(result.speedUp - result.samplesPerSecond / report.results[0].samplesPerSecond) < 1e-9)
    #expect(abs(result.efficiency * Double(result.threads) / Double(report.results[0].threads) - result.speedUp) < 1e-9)
    // The kinds of work are sums of the parts.
    #expect(Set(result.shares.keys) == ["forward", "backward", "reduce", "data", "idle", "other"])
    #expect(abs(result.shares.values.reduce(0, +) - 1) < 1e-9)
    #expect(abs((result.shares["forward"] ?? 0) - split.layers.reduce(0) { $0 + $1.forward.share }) < 1e-9)
    #expect(abs((result.shares["backward"] ?? 0) - split.layers.reduce(0) { $0 + $1.backward.share }) < 1e-9)
    #expect(abs((result.shares["idle"] ?? 0) - split.waiting.share - split.betweenPhases.share) < 1e-9)
    #expect(abs(1 - result.recorder.samplesPerSecond / result.samplesPerSecond - result.recorder.cost) < 1e-9)
    #expect(result.evaluation.samples > 0 && result.evaluation.samplesPerSecond > 0)
    #expect(result.peakFlopsPerSecond > 0)
    #expect(split.layers.allSatisfy { $0.weightsInReducePhase.seconds <= $0.backward.seconds })
    #expect(result.allReduceBytes % (4 * report.shards) == 0)
    for pass in split.layers.flatMap({ [$0.forward, $0.backward] }) {
      guard let rate = pass.flopsPerSecond else { continue }
      let flops = Double(pass.flopsPerSample ?? 0) * split.samplesPerStep
      #expect(abs(rate * pass.seconds / flops - 1) < 1e-9)
      #expect(abs((pass.ofPeak ?? 0) * result.peakFlopsPerSecond / Double(result.threads) / rate - 1) < 1e-9)
    }
  }

  @Test("every layer is there, with the multiply-adds of its definition")
  func layers() throws {
    let (result, _, command) = try Self.bench(SmallConfigs.convnet, ["--threads", "1", "--json"])
    defer { command.remove() }
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    let layers = try #require(report.results.first).split.layers
    #expect(
      layers.flatMap(\.names)
        == ["conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "flatten", "dropout", "dense"])
    func flops(_ name: String) -> [Int?]? {
      layers.first { $0.names.contains(name) }.map { [$0.forward.flopsPerSample, $0.backward.flopsPerSample] }
    }
    // The first layer needs no gradient of its input.
    #expect(flops("conv2d") == [2 * 26 * 26 * 32 * 9, 2 * 26 * 26 * 32 * 9])
    #expect(flops("conv2d_1") == [2 * 11 * 11 * 64 * 9 * 32, 4 * 11 * 11 * 64 * 9 * 32])
    #expect(flops("dense") == [2 * 1600 * 10, 4 * 1600 * 10])
    #expect(flops("dropout") == [0, 0])
    for name in ["conv2d", "conv2d_1", "dense"] {
      let layer = try #require(layers.first { $0.names.contains(name) })
      #expect(layer.forward.seconds > 0 && layer.backward.seconds > 0)
    }
  }

  @Test("the table says what --json says, for people")
  func text() throws {
    let (result, files, command) = try Self.bench(SmallConfigs.convnet, ["--threads", "1,2"])
    defer { command.remove() }
    try #require(result.status == 0, "\(result.error)")
    #expect(files == ["c.json"])
    #expect(result.output.hasPrefix("convnet: batch 64 in 4 shards, 34,826 parameters\n"))
    #expect(result.output.contains("bits: all 2 trainings have the same parameters\n"))
    for part in ["conv2d", "conv2d_1", "dense", "loss", "reduce + update", "waiting in a phase", "total"] {
      #expect(
        result.output.components(separatedBy: "\n\(part) ").count == 3, "a line for each number of threads: \(part)")
    }
  }

  @Test("the trace is valid, a row for each worker, and what overlaps on a row is nested")
  func trace() throws {
    let (result, files, command) = try Self.bench(SmallConfigs.convnet, ["--threads", "1,2", "--trace", "t.json"])
    defer { command.remove() }
    try #require(result.status == 0, "\(result.error)")
    #expect(files == ["c.json", "t.json"])
    let trace = try JSONDecoder().decode(Trace.self, from: Data(command.bytes(of: "t.json")))
    let rows = Dictionary(grouping: trace.traceEvents.filter { $0.ph == "X" }) { [$0.pid, $0.tid] }
    #expect(Set(rows.keys) == [[1, 0], [2, 0], [2, 1]])
    for row in rows.values { row.expectNested() }
    for process in 1...2 {
      let events = trace.traceEvents.filter { $0.pid == process && $0.ph == "X" }
      #expect(events.filter { $0.cat == "step" }.count == 4)
      // Of 64 samples in shards of 16, in each of 4 steps.
      #expect(events.filter { $0.cat == "shard" }.count == 16)
      #expect(events.filter { $0.cat == "loss" }.count == 16)
      for category in ["forward", "backward", "reduce", "phase"] {
        #expect(events.contains { $0.cat == category }, "\(category)")
      }
    }
  }

  private struct Trace: Decodable { let traceEvents: [TraceEvent] }

  @Test("the picture is a drawing of its own, with a bar for each number of threads")
  func picture() throws {
    let (result, files, command) = try Self.bench(SmallConfigs.linear, ["--threads", "1,2", "--svg", "b.svg"])
    defer { command.remove() }
    try #require(result.status == 0, "\(result.error)")
    #expect(files == ["b.svg", "c.json"])
    let svg = try command.read("b.svg")
    #expect(svg.hasPrefix("<svg ") && svg.contains("prefers-color-scheme:dark") && svg.utf8.count < 20_000)
    for text in [">linear: training throughput<", ">ideal<", ">1 thread<", ">2 threads<", ">idle<"] {
      #expect(svg.contains(text), "\(text)")
    }
  }

  @Test("a picture that cannot be written is no success, and said before anything is measured")
  func unwritablePicture() throws {
    let (result, _, command) = try Self.bench(SmallConfigs.linear, ["--threads", "1", "--svg", "none/b.svg"])
    defer { command.remove() }
    #expect(result.status == 74 && result.output.isEmpty)
    #expect(result.error == "lockstep: cannot write none/b.svg: No such file or directory\n")
  }

  @Test("a trace that cannot be written is no success, and said before anything is measured")
  func unwritable() throws {
    let (result, files, command) = try Self.bench(SmallConfigs.linear, ["--threads", "1", "--trace", "none/t.json"])
    defer { command.remove() }
    #expect(result.status == 74)
    #expect(result.output.isEmpty)
    #expect(result.error == "lockstep: cannot write none/t.json: No such file or directory\n")
    #expect(files == ["c.json"])
  }
}

private struct TraceEvent: Decodable {
  let name, ph: String
  let cat: String?
  let pid, tid: Int
  let ts, dur: Double?
}

extension [TraceEvent] {
  /// In the format, two events of one row may touch or lie within each other, and nothing else.
  fileprivate func expectNested() {
    // A thousandth of the clock's nanosecond forgives the rounding of microseconds.
    let tolerance = 1e-6
    var open: [Double] = []
    for event in self {
      let (begin, end) = (event.ts ?? -1, (event.ts ?? -1) + (event.dur ?? -1))
      #expect(begin >= 0 && end >= begin)
      while let last = open.last, last <= begin + tolerance { open.removeLast() }
      if let last = open.last { #expect(end <= last + tolerance, "\(event.name) ends after what it began in") }
      open.append(end)
    }
  }
}
