import ArgumentParser
import Checkpoints
import Foundation
import Reports
import Training
import Workers

/// `lockstep bench CONFIG`
struct BenchCommand: ParsableCommand {
  /// Steps that a trace shows for each number of threads.
  private static let tracedSteps = 4

  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast a config trains, and where the time goes.",
    discussion: """
      Trains real steps on the config's data and writes nothing. Thread counts take turns, round after round; what is \
      printed are medians: samples/s, speed-up against the first number of threads, efficiency, the shares of forward \
      and backward passes, reduce, data and idling, and the time of each layer and phase. Shares of the peak are of the \
      multiply-adds that as many threads reach in the same run.

      Example:
        lockstep bench Configs/mnist-cnn.json --threads 1,2,4 --set training.batchSize=512
      """)

  @Argument(help: "The run's config, a JSON file (see 'lockstep schema').", completion: .config)
  var config: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Thread counts to compare, separated by commas; by default 1, 2, 4 … up to one for each processor.",
      valueName: "n,…"))
  var threads: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Time to measure; at least three rounds are made.", valueName: "s"))
  var seconds = Seconds(10)

  @OptionGroup var changes: OverrideOptions

  @Flag(help: "Print one JSON object; docs/performance.md describes it.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write what each worker does in a few steps, for https://ui.perfetto.dev or chrome://tracing.", valueName: "file"),
    completion: .file())
  var trace: String?

  @Option(
    help: ArgumentHelp(
      "Draw samples/s against threads, and what the time goes to, as an SVG picture.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  /// What `--threads` says; nil where it says nothing of sense.
  private var threadCounts: [Int]? {
    guard let threads else { return BenchCommand.standardThreadCounts(processors: ProcessorCount.available()) }
    let words = threads.split(separator: ",", omittingEmptySubsequences: false)
    let counts = words.compactMap { Int($0) }.filter { (1...WorkerPool.largestWorkerCount).contains($0) }
    return counts.count == words.count && Set(counts).count == counts.count ? counts : nil
  }

  /// 1, 2, 4 … up to one for each processor.
  private static func standardThreadCounts(processors: Int) -> [Int] {
    sequence(first: 1) { $0 * 2 }.prefix { $0 < processors } + [processors]
  }

  func validate() throws {
    guard threadCounts != nil else {
      throw ValidationError(
        "--threads is \(threads ?? ""); expected different numbers from 1 to \(WorkerPool.largestWorkerCount), "
          + "separated by commas")
    }
    guard (0.1...3_600).contains(seconds.value) else {
      throw ValidationError("--seconds is \(seconds); expected 0.1 to 3600")
    }
  }

  func run() throws {
    try Outcome.report {
      let config = try RunConfig(file: config, overrides: try changes.values())
      // Before a measurement that nobody would see.
      for path in [trace, svg].compactMap({ $0 }) { try OutputPath.check(path) }
      let machines = try self.machines()
      let benchmark = try Benchmark(config: config, data: try config.prepareData(), machines: machines)
      let report = try benchmark.run(seconds: seconds.value)
      if let trace {
        try OutputPath.write(ChromeTrace(try benchmark.trace(steps: Self.tracedSteps)).json.description, to: trace)
      }
      if let svg { try OutputPath.write(report.svg, to: svg) }
      if json {
        try Console.answer(report.json(version: LockstepVersion.current).prettyPrinted.trimmingSuffix("\n"))
      } else {
        try Console.answer(report.text(width: Terminal.outputWidth).trimmingSuffix("\n"))
      }
    }
  }

  private func machines() throws -> [Machine] {
    let machines = try (threadCounts ?? []).map {
      try Machine.ofProcess(threads: $0)
    }
    for machine in machines { MachineOptions.warn(of: machine) }
    return machines
  }
}
