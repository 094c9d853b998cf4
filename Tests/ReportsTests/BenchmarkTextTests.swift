import Datasets
import Reports
import Tensors
import Testing
import Training

@Suite("Report of a benchmark")
struct BenchmarkTextTests {
  private static let config = """
    {
      "name": "small", "data": { "dataset": "digits", "trainSamples": 40, "testSamples": 20 },
      "model": { "layers": [
        { "type": "conv2d", "filters": 2, "kernel": 7, "stride": 3, "activation": "tanh" }, "flatten",
        { "type": "dense", "units": 10 }
      ] },
      "training": { "epochs": 1, "batchSize": 20, "shards": 2, "optimizer": "sgd" }
    }
    """

  /// A report as it comes out of a benchmark, with round numbers put in.
  private static let report = Result { try makeReport() }

  private static func makeReport() throws -> BenchmarkReport {
    let config = try RunConfig(text: Self.config)
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let machines = try [1, 2].map { try Machine(threads: $0, environment: [:]) }
    var report = try Benchmark(config: config, data: data, machines: machines).run(seconds: 0)
    (report.machine.processor, report.machine.processors, report.machine.instructionSet) = ("Abacus 9", 2, "beads")
    (report.rounds, report.stepsPerTurn, report.shareOfOthers) = (5, 100, 0.05)
    for index in report.results.indices { fill(&report.results[index]) }
    return report
  }

  private static func fill(_ result: inout ThreadResult) {
    let workers = Double(result.threads)
    (result.training.steps, result.training.samples, result.training.seconds) = (100, 2_000, 0.1 / workers)
    (result.watched.steps, result.watched.samples, result.watched.seconds) = (100, 2_000, 0.101 / workers)
    (result.evaluation.samples, result.evaluation.seconds) = (20, 0.0002 / workers)
    result.peak = 50e9 * workers
    result.allReduceBytes = 12_300
    result.split.samples = 20
    result.split.step = 1e-3 / workers
    for index in result.split.layers.indices { result.split.layers[index].clear() }
    (result.split.layers[0].forward, result.split.layers[0].backward) = (3e-4, 2e-4)
    (result.split.layers[2].forward, result.split.layers[2].backward) = (1e-4, 5e-5)
    (result.split.layers[0].prepare, result.split.layers[2].weights) = (1e-5, 4e-5)
    (result.split.loss, result.split.data, result.split.shards) = (1e-5, 2e-5, 1e-5)
    (result.split.reduce, result.split.overhead) = (5e-5, 1e-5 / workers)
    result.split.waiting = 2e-4
  }

  @Test("what others took of the processors is said where it spoils the figures")
  func disturbed() throws {
    var report = try Self.report.get()
    report.shareOfOthers = 0.25
    #expect(
      report.text().contains(
        "disturbed: other work took 25.0 % of the processors' time meanwhile; rates are too low, and shares of the "
          + "peak are worth nothing\n"))
    report.shareOfOthers = nil
    #expect(!report.text().contains("disturbed"))
  }

  @Test("throughput for each number of threads, then what a step is made of")
  func wide() throws {
    #expect(
      try Self.report.get().text() == """
        small: batch 20 in 2 shards, 1,390 parameters
        Abacus 9, 2 processors, beads kernels
        median of 5 turns of 100 steps

        threads  samples/s  speed-up  efficiency  ms/step  forward  backward  reduce   data    idle  other
        --------------------------------------------------------------------------------------------------
              1     20,000      1.00     100.0 %    1.000   40.0 %    29.0 %   5.0 %  2.0 %  21.0 %  3.0 %
              2     40,000      2.00     100.0 %    0.500   40.0 %    29.0 %   5.0 %  2.0 %  21.0 %  3.0 %

        threads  evaluated/s  overhead µs  peak GFLOP/s  recorder
        ---------------------------------------------------------
              1      100,000         10.0            50     1.0 %
              2      200,000          5.0           100     1.0 %

        all-reduce: 12.3 kB of gradients a step
        shares: of the workers' time, with a recorder on; idle is waiting in phases and between them
        evaluation: 20 images
        bits: all 2 trainings have the same parameters
        GFLOP/s: the layer's multiply-adds counted densely, so a kernel that skips zeros may pass the peak

        1 thread: where the time of all workers goes, µs a sample
        part                 time    share  forward  GFLOP/s  of peak  backward  GFLOP/s  of peak
        -----------------------------------------------------------------------------------------
        conv2d              25.00   50.0 %    15.00      0.8    1.7 %     10.00      1.3    2.5 %
        dense                9.50   19.0 %     5.00      0.5    1.0 %      4.50      1.1    2.3 %
        loss                 0.50    1.0 %
        data                 1.00    2.0 %
        preparing kernels    0.50    1.0 %
        rest of the shards   0.50    1.0 %
        reduce + update      2.50    5.0 %
        waiting in a phase  10.00   20.0 %
        between the phases   0.50    1.0 %
        -----------------------------------------------------------------------------------------
        total               50.00  100.0 %

        2 threads: where the time of all workers goes, µs a sample
        part                 time    share  forward  GFLOP/s  of peak  backward  GFLOP/s  of peak
        -----------------------------------------------------------------------------------------
        conv2d              25.00   50.0 %    15.00      0.8    1.7 %     10.00      1.3    2.5 %
        dense                9.50   19.0 %     5.00      0.5    1.0 %      4.50      1.1    2.3 %
        loss                 0.50    1.0 %
        data                 1.00    2.0 %
        preparing kernels    0.50    1.0 %
        rest of the shards   0.50    1.0 %
        reduce + update      2.50    5.0 %
        waiting in a phase  10.00   20.0 %
        between the phases   0.50    1.0 %
        -----------------------------------------------------------------------------------------
        total               50.00  100.0 %

        """)
  }

  @Test("the picture, with a curve that is half as good as the ideal one")
  func picture() throws {
    var report = try Self.report.get()
    report.results[1].training.seconds *= 2
    report.name = "<small>"
    let svg = report.svg
    let elements = try XMLCheck.parse(svg)
    #expect(elements.last?.attributes["role"] == "img")
    let description = try #require(elements.first { $0.name == "desc" }).text
    #expect(description.contains("measured: from 20,000 at 1 to 20,000 at 2"), "\(description)")
    #expect(description.contains("ideal: from 20,000 to 40,000"), "\(description)")
    #expect(
      description.contains(
        "2 threads: forward 40.00 %, backward 29.00 %, reduce 5.00 %, data 2.00 %, idle 21.00 %, other 3.00 %"),
      "\(description)")
  }

  @Test("a terminal that is narrow gets fewer columns")
  func narrow() throws {
    for width in 60...100 {
      let text = try Self.report.get().text(width: width)
      let tables = text.split(separator: "\n").filter { $0.contains("  ") || $0.hasPrefix("---") }
      #expect(tables.allSatisfy { $0.count <= width }, "at \(width) columns")
      #expect(text.contains("samples/s") && text.contains("share"), "at \(width) columns")
    }
  }
}

extension TimeSplit.Layer {
  fileprivate mutating func clear() { (forward, backward, weights, prepare) = (0, 0, 0, 0) }
}
