import Foundation
import Testing

/// The promise that a step takes no memory: `allocation-probe` counts the allocations of all threads.
@Suite("Allocations", .enabled(if: Allocations.areCounted, "counted in release builds for Linux without sanitizers"))
struct AllocationTests {
  @Test(
    "none in a step after the first",
    arguments: [("awkward", SmallConfigs.awkward), ("convnet", SmallConfigs.convnet)], [1, 2, 3])
  func none(config: (name: String, text: String), threads: Int) throws {
    try Self.expectNone(config.text, threads: threads, settings: [])
  }

  @Test(
    "none with any optimizer",
    arguments: [
      #"{"type": "sgd"}"#, #"{"type": "sgd", "momentum": 0.9}"#, #"{"type": "sgd", "momentum": 0.9, "nesterov": true}"#,
      #"{"type": "adam"}"#, #"{"type": "rmsProp"}"#,
    ])
  func none(optimizer: String) throws {
    try Self.expectNone(SmallConfigs.awkward, threads: 2, settings: ["training.optimizer=\(optimizer)"])
  }

  @Test(
    "none with any schedule",
    arguments: [
      #"{"type": "constant", "warmupEpochs": 0.2}"#, #"{"type": "step", "everyEpochs": 1, "factor": 0.5}"#,
      #"{"type": "exponential", "decay": 0.9}"#, #"{"type": "oneCycle"}"#,
    ])
  func none(schedule: String) throws {
    try Self.expectNone(SmallConfigs.awkward, threads: 2, settings: ["training.schedule=\(schedule)"])
  }

  @Test("none with the squared error")
  func noneWithSquaredError() throws {
    try Self.expectNone(SmallConfigs.awkward, threads: 2, settings: ["training.loss=meanSquaredError"])
  }

  @Test("an evaluation of many samples takes memory as often as one of few", arguments: [1, 2])
  func evaluation(threads: Int) throws {
    let counts = try [200, 2_000].map { samples in
      let lines = try Self.probe(
        SmallConfigs.convnet, ["run", "\(threads)", "data.trainSamples=64", "data.testSamples=\(samples)"])
      return lines.filter { $0.hasPrefix("evaluation ") }.compactMap { Int($0.dropFirst(11)) }
    }
    #expect(counts[0].count == 2)
    let (few, many) = (try #require(counts[0].last), try #require(counts[1].last))
    // Reporting an epoch takes a few; the evaluations differ by more than a hundred shards.
    #expect(abs(many - few) < 20, "\(few) with 200 samples, \(many) with 2,000")
  }

  @Test(
    "none in a step that is watched for a benchmark",
    arguments: [("awkward", SmallConfigs.awkward), ("convnet", SmallConfigs.convnet)], [1, 2])
  func watched(config: (name: String, text: String), threads: Int) throws {
    let counts = try Self.probe(config.text, ["--watched", "\(threads)"])
    try #require(counts.count == 2)
    let (few, many) = (try #require(Int(counts[0])), try #require(Int(counts[1])))
    // A thread that sleeps for the first time takes a little; ten steps that take memory would show.
    #expect(abs(many - few) < 5, "\(few) allocations of 3 steps, \(many) of 13")
  }

  /// Trains, and looks at every step but the first of each epoch, into whose time the evaluation falls.
  private static func expectNone(_ config: String, threads: Int, settings: [String]) throws {
    let lines = try probe(config, ["run", "\(threads)"] + settings).filter { !$0.hasPrefix("evaluation ") }
    // Were nothing counted at all, the rest would mean nothing.
    let untilFirstStep = try #require(lines.first.flatMap { Int($0) })
    #expect(untilFirstStep > 1_000)
    #expect(lines.count > 20)
    let allocating = lines.dropFirst().filter { !$0.hasSuffix(" 0") }
    #expect(allocating.isEmpty, "steps and their allocations: \(allocating)")
  }

  /// Lines that the probe prints.
  private static func probe(_ config: String, _ arguments: [String]) throws -> [Substring] {
    var command = try Command("allocation-probe")
    defer { command.remove() }
    command.environment["LD_PRELOAD"] = try Allocations.counter.get()
    try command.write(config, to: "config.json")
    // Rows of the logs, pictures and checkpoints take memory, but are no part of a step.
    let quiet = [
      "checkpoint.everyEpochs=0", "logging.everySteps=1000000", "logging.histogramsEveryEpochs=0",
      "logging.imagesEveryEpochs=0",
    ]
    let result = try command.run(["config.json"] + arguments + quiet)
    try #require(result.status == 0, "\(result.error)")
    return result.output.split(separator: "\n")
  }
}

private enum Allocations {
  /// The library that counts, built once.
  static let counter = Result { try build() }

  private struct BuildFailure: Error, CustomStringConvertible {
    let description: String
  }

  private static func build() throws -> String {
    let library = FileManager.default.temporaryDirectory.appendingPathComponent("libcounter-\(UUID().uuidString).so")
      .path
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let functions = ["malloc", "calloc", "realloc", "memalign", "aligned_alloc", "posix_memalign"]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["swiftc", "-O", "-parse-as-library", "-emit-library", "-module-name", "AllocationCounter", "-o", library]
      + functions.flatMap { ["-Xlinker", "--defsym=\($0)=counted_\($0)"] }
      + [tests.appendingPathComponent("Support/AllocationCounter/AllocationCounter.swift").path]
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw BuildFailure(description: text) }
    return library
  }

  /// Debug builds keep on the heap what the optimizer keeps on the stack; sanitizers bring an allocator of their own.
  static let areCounted: Bool = {
    #if os(Linux) && !DEBUG
      let environment = ProcessInfo.processInfo.environment
      return environment["TSAN_OPTIONS"] == nil && environment["ASAN_OPTIONS"] == nil
    #else
      return false
    #endif
  }()
}
