import Datasets
import Networks
import Tensors
import Workers

/// Measures how fast a config trains and evaluates at several numbers of threads, and where a step's time goes.
///
/// Each number of threads has a training of its own, with the steps of a run: samples, gradient, update, metrics; only checkpoints,
/// logs and reports are missing. The trainings take turns of as many steps each, round after round, so that whatever else the machine
/// does meets all of them; what is reported is the median turn.
public final class Benchmark {
  /// Fewest rounds of a measurement.
  private static let fewestRounds = 3
  /// What a turn of the slowest training, watched or not, and an evaluation are each to take at most, in seconds.
  private static let longestTurn = 0.25

  private let config: RunConfig
  private let data: PreparedData
  private let machines: [Machine]
  private let subjects: [BenchmarkSubject]
  private let rows: [BenchmarkRow]

  /// Prepares the trainings.
  ///
  /// - Parameter machines: one for each number of threads, at least one, all with the same kernels.
  /// - Throws: as `RunConfig.check(_:on:)`.
  public init(config: RunConfig, data: PreparedData, machines: [Machine]) throws {
    precondition(!machines.isEmpty, "nothing to measure")
    try config.check(data, on: machines)
    self.config = config
    self.data = data
    self.machines = machines
    subjects = try machines.map { try BenchmarkSubject(config: config, data: data, machine: $0) }
    rows = BenchmarkRow.all(of: subjects[0].engine.network)
  }

  /// Measures for about `seconds` seconds, longer where three rounds take longer.
  ///
  /// - Throws: `TrainingError.notFinite` where the training diverges.
  public func run(seconds: Double) throws -> BenchmarkReport {
    let turnsOfFewestRounds = 3 * Benchmark.fewestRounds * subjects.count
    let plan = try warmUp(turnSeconds: min(Benchmark.longestTurn, seconds / Double(turnsOfFewestRounds)))
    var turns = subjects.map { _ in SubjectTurns() }
    let (begin, use) = (Recorder.now(), ProcessorUse.current())
    var rounds = 0
    while rounds < Benchmark.fewestRounds || Double(Recorder.now() - begin) * 1e-9 < seconds {
      for (index, subject) in subjects.enumerated() {
        turns[index].peak = max(turns[index].peak, try subject.peak())
        turns[index].training.append(try subject.train(steps: plan.steps))
        turns[index].watched.append(try watch(subject, steps: plan.watchedSteps))
        turns[index].evaluation.append(try subject.evaluate(data.test, samples: plan.evaluated))
      }
      rounds += 1
    }
    let others = use.flatMap { ProcessorUse.current()?.shareOfOthers(since: $0) }
    return report(turns, rounds: rounds, steps: plan.steps, shareOfOthers: others)
  }

  /// What the workers do in a few further steps, for each number of threads.
  public func trace(steps: Int) throws -> BenchmarkTrace {
    BenchmarkTrace(
      name: config.name, layers: rows.map(\.layer), rowOfStage: BenchmarkRow.rowOfStage(rows),
      threads: try subjects.map { try $0.watch(steps: min(steps, $0.watchableSteps)).1 })
  }

  /// Trains a few steps and evaluates a little on all subjects, to see how much of both makes a turn.
  private func warmUp(turnSeconds: Double) throws -> (steps: Int, watchedSteps: Int, evaluated: Storage<Int32>) {
    let all = Sampler(dataset: data.test, order: .sequential, batchSize: 1).samples
    let few = Storage(all.view[0..<min(256, all.count)].array())
    var (step, sample) = (0.0, 0.0)
    for subject in subjects {
      _ = try subject.train(steps: 1)
      step = max(step, try subject.train(steps: 2).stepSeconds)
      let evaluation = try subject.evaluate(data.test, samples: few)
      sample = max(sample, 1 / evaluation.samplesPerSecond)
    }
    let steps = max(3, min(10_000, Int(turnSeconds / step)))
    let samples = min(all.count, max(few.count, Int(turnSeconds / sample)))
    return (
      steps, min(steps, subjects.map(\.watchableSteps).min() ?? 1),
      samples == all.count ? all : Storage(all.view[0..<samples].array())
    )
  }

  private func watch(_ subject: BenchmarkSubject, steps: Int) throws -> (Throughput, TimeSplit) {
    let (throughput, events) = try subject.watch(steps: steps)
    let split = TimeSplit(
      events, rowOfStage: BenchmarkRow.rowOfStage(rows), rows: rows.count, samples: throughput.samples)
    return (throughput, split)
  }

  private func report(
    _ turns: [SubjectTurns], rounds: Int, steps: Int, shareOfOthers: Double?
  ) -> BenchmarkReport {
    let engine = subjects[0].engine
    let network = engine.network
    return BenchmarkReport(
      name: config.name, batchSize: config.training.batchSize, shards: engine.plan.shards,
      parameters: network.parameters.parameterCount,
      machine: BenchmarkMachine(
        processor: ProcessorName.current() ?? "unknown processor", processors: machines[0].processors,
        instructionSet: network.kernels.instructionSet.rawValue),
      rounds: rounds, stepsPerTurn: steps, layers: rows.map(\.layer),
      results: zip(machines, turns).map { machine, turns in
        turns.result(threads: machine.threads, allReduceBytes: engine.allReduceBytes)
      },
      hasSameBits: haveSameBits(), shareOfOthers: shareOfOthers)
  }

  /// All subjects were asked for the same steps.
  private func haveSameBits() -> Bool {
    let first = subjects[0].engine.model.parameters.array().map(\.bitPattern)
    return subjects.dropFirst().allSatisfy { $0.engine.model.parameters.array().map(\.bitPattern) == first }
  }
}

/// The turns of one number of threads.
private struct SubjectTurns {
  var peak = 0.0
  var training: [Throughput] = []
  var watched: [(throughput: Throughput, split: TimeSplit)] = []
  var evaluation: [Throughput] = []

  func result(threads: Int, allReduceBytes: Int) -> ThreadResult {
    let watched = watched.sorted { $0.throughput.samplesPerSecond < $1.throughput.samplesPerSecond }
    let median = watched[(watched.count - 1) / 2]
    return ThreadResult(
      threads: threads, training: training.median, watched: median.throughput, split: median.split,
      evaluation: evaluation.median, allReduceBytes: allReduceBytes, peak: peak)
  }
}

/// What the workers of a benchmark did in a few steps.
public struct BenchmarkTrace: Sendable {
  /// The config's name.
  public var name: String
  /// The network's layers; those that run as one share a row.
  public var layers: [BenchmarkLayer]
  /// For each of the network's stages its row in `layers`.
  public var rowOfStage: [Int]
  /// For each number of threads, each worker's events, the training thread's first.
  public var threads: [[[RecordedEvent]]]
}
