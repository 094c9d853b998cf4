import Datasets
import Networks
import Tensors
import Workers

/// One number of threads under measurement: a training of its own.
package final class BenchmarkSubject {
  /// Memory for the events of one watched turn, for each worker.
  private static let recorderBytes = 8 << 20

  let engine: TrainingEngine
  /// Steps that a recorder has room for.
  let watchableSteps: Int

  private let recorders: [Recorder]
  private let training: Recorder
  private var record: RunRecord
  private var position: RunPosition

  /// - Throws: as `RunConfig.makeNetwork(for:kernels:)`.
  package init(config: RunConfig, data: PreparedData, machine: Machine) throws {
    let network = try config.makeNetwork(for: data, kernels: machine.kernels)
    let shards = ShardPlan(batchSize: config.training.batchSize, shards: config.training.shards).shards
    // One worker may take all items: each shard with its laps, each slice with its own in up to two phases, the step itself.
    let slices = ReducePlan(network: network).slices.count
    let eventsPerStep = shards * (3 * network.stages.count + 3) + 3 * slices + 4
    watchableSteps = max(1, BenchmarkSubject.recorderBytes / (eventsPerStep * MemoryLayout<RecordedEvent>.stride))
    let capacity = watchableSteps * eventsPerStep
    recorders = (0..<machine.threads).map { _ in Recorder(capacity: capacity) }
    training = recorders[0]
    engine = try TrainingEngine(config: config, data: data, machine: machine, recorders: recorders)
    record = RunRecord(metrics: config.training.metrics)
    position = RunPosition(stepsPerEpoch: engine.stepsPerEpoch, epochs: config.training.epochs)
  }

  /// Trains one step with its metrics, as a run does.
  ///
  /// - Returns: its samples.
  @discardableResult
  func step() throws -> Int {
    // The schedule knows no more steps than the run has; then it begins anew.
    if position.step == position.totalSteps { position.step = 0 }
    let batch = try engine.step(at: position)
    engine.add(batch, to: &record)
    position.step += 1
    return batch.samples
  }

  /// Trains some steps on the clock, after one that wakes the workers.
  func train(steps: Int) throws -> Throughput {
    try step()
    let begin = Recorder.now()
    var samples = 0
    for _ in 0..<steps { samples += try step() }
    return Throughput(steps: steps, samples: samples, seconds: seconds(since: begin))
  }

  /// Trains some steps, after one that wakes the workers, and writes down what each worker does.
  ///
  /// - Parameter steps: at most `watchableSteps`.
  /// - Returns: each worker's events, the training thread's first.
  package func watch(steps: Int) throws -> (Throughput, [[RecordedEvent]]) {
    try step()
    for recorder in recorders { recorder.isOn = true }
    defer { for recorder in recorders { recorder.isOn = false } }
    let begin = Recorder.now()
    var samples = 0
    for index in 0..<steps {
      let stepBegin = training.begin()
      samples += try step()
      training.end(.step, index, since: stepBegin)
    }
    let throughput = Throughput(steps: steps, samples: samples, seconds: seconds(since: begin))
    precondition(recorders.allSatisfy { $0.dropped == 0 }, "a recorder was planned too small")
    return (throughput, recorders.map { $0.take() })
  }

  /// Evaluates on the clock.
  func evaluate(_ dataset: ImageDataset, samples: Storage<Int32>) throws -> Throughput {
    let begin = Recorder.now()
    _ = try engine.evaluate(dataset, samples: samples)
    return Throughput(steps: 0, samples: samples.count, seconds: seconds(since: begin))
  }

  /// Floating-point operations a second that all workers together reach in registers: the best of several short runs, since whatever
  /// else the machine does only ever makes one slower.
  func peak() throws -> Double {
    let kernels = engine.network.kernels
    let flopsPerRound = kernels.peak(rounds: 1)
    // Items of about 0.2 milliseconds, several for each worker: one that wakes late takes fewer.
    let rounds = 50_000_000 / flopsPerRound
    let items = 4 * engine.pool.workerCount
    var best = 0.0
    for _ in 0..<8 {
      let begin = Recorder.now()
      try engine.pool.run(items) { _, _ in _ = kernels.peak(rounds: rounds) }
      best = max(best, Double(items * rounds * flopsPerRound) / seconds(since: begin))
    }
    return best
  }

  private func seconds(since begin: UInt64) -> Double { Double(max(1, Recorder.now() - begin)) * 1e-9 }
}
