import Foundation
import Reports
import Settings
import Tensors
import Testing
import Training

@Suite("TensorBoard log")
struct TensorBoardLogTests {
  private let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private static func config(_ logging: String = #"{ "everySteps": 2 }"#) throws -> RunConfig {
    try RunConfig(
      text: """
        {
          "name": "small", "seed": 7,
          "data": { "dataset": "mnist", "validation": 0.1, "directory": "elsewhere" },
          "model": { "layers": [{ "type": "conv2d", "filters": 4, "kernel": 3 }, "flatten", { "type": "dense", "units": 10 }] },
          "training": { "epochs": 3, "batchSize": 16, "optimizer": { "type": "sgd", "learningRate": 0.01 } },
          "logging": \(logging)
        }
        """)
  }

  /// Logs steps and, where an epoch of ten steps ends, the epoch; all in one second of the clock.
  private func run(
    _ steps: Range<Int>, awaitsEvaluation: Bool = false, evaluates: Bool = true, config: RunConfig? = nil,
    now: Double = 1_764_150_000
  ) throws {
    let log = TensorBoardLog(try config ?? Self.config(), now: { now })
    var start = Sample.start(firstStep: steps.lowerBound, directory: scratch.path)
    start.awaitsEvaluation = awaitsEvaluation
    try log.runStarted(start)
    if awaitsEvaluation { evaluate(log, step: steps.lowerBound) }
    for step in steps.lowerBound + 1..<steps.upperBound + 1 {
      var report = Sample.step(step, seconds: 0.5 * Double(step), loss: 1 / Double(step), gradientNorm: Double(step))
      report.stepInEpoch = (step - 1) % 10 + 1
      log.stepFinished(report)
      if step.isMultiple(of: 10), evaluates { evaluate(log, step: step) }
    }
    try log.checkpointWillBeSaved(step: steps.upperBound)?()
    log.runEnded(.init(reason: .stopped(signal: "SIGINT"), step: steps.upperBound, checkpoint: nil, seconds: 9))
  }

  private func evaluate(_ log: TensorBoardLog, step: Int) {
    var report = Sample.epoch(step / 10, seconds: 0.5 * Double(step))
    report.step = step
    log.epochFinished(report)
    let weights = Storage<Float>([1, 2, 3])
    withExtendedLifetime(weights) {
      guard log.inspectionRequest(epoch: report.epoch).parameters else { return }
      log.modelInspected(
        ModelInspection(
          step: step, epoch: report.epoch, network: Self.network,
          parameters: [LentTensor(name: "dense/bias", shape: [3], values: weights.view)], mistakes: [], evaluated: nil))
    }
  }

  private static let network = FirstLayers.network(#"["flatten", { "type": "dense", "units": 3 }]"#, input: [1, 1, 2])

  @Test("the filters of the first layer are drawn, and none that are larger than a picture can be")
  func filters() throws {
    let log = TensorBoardLog(try Self.config(), now: { 1_764_150_000 })
    try log.runStarted(Sample.start(directory: scratch.path))
    for (epoch, input) in [(1, [12, 12, 1]), (5, [144_000, 1, 1])] as [(Int, Shape)] {
      let network = FirstLayers.network(#"["flatten", { "type": "dense", "units": 64 }]"#, input: input)
      let weights = Storage<Float>(count: network.parameters.count)
      withExtendedLifetime(weights) {
        log.epochFinished(Sample.epoch(epoch, seconds: Double(epoch)))
        log.modelInspected(
          ModelInspection(
            step: epoch * 469, epoch: epoch, network: network,
            parameters: network.parameters.entries.map {
              LentTensor(name: $0.name, shape: $0.spec.shape, values: weights.view[$0.range])
            }, mistakes: [], evaluated: nil))
      }
    }
    try log.checkpointWillBeSaved(step: 2345)?()
    #expect(try points()["filters/dense"] == [469])
    #expect(try points()["loss/evaluation"] == [469, 2345])
  }

  private var paths: [String] {
    get throws { try scratch.names.filter(EventFileName.matches).map { "\(scratch.path)/\($0)" } }
  }

  /// Tags and steps in all files, as TensorBoard sees them.
  private func points() throws -> [String: [Int]] {
    var points: [String: [Int]] = [:]
    for path in try paths {
      guard var reader = try EventFileReader(path) else { continue }
      while case .event(let bytes)? = try reader.next() {
        let event = EventOutline(bytes)
        if event.isStart { points = points.mapValues { $0.filter { $0 < event.step } } }
        for tag in event.tags { points[String(decoding: tag, as: UTF8.self), default: []].append(event.step) }
      }
    }
    return points.filter { !$0.value.isEmpty && !$0.key.hasPrefix("_") && $0.key != "config" }
  }

  private static let whole: [String: [Int]] = [
    "loss/train": [2, 4, 6, 8, 10, 12, 14, 16, 18, 20], "accuracy/train": [2, 4, 6, 8, 10, 12, 14, 16, 18, 20],
    "learning_rate": [2, 4, 6, 8, 10, 12, 14, 16, 18, 20], "gradient_norm": [2, 4, 6, 8, 10, 12, 14, 16, 18, 20],
    "samples_per_second": [2, 4, 6, 8, 10, 12, 14, 16, 18, 20], "loss/train_epoch": [10, 20],
    "accuracy/train_epoch": [10, 20], "loss/evaluation": [10, 20], "accuracy/evaluation": [10, 20],
    "weights/dense/bias": [10],
  ]

  @Test("writes scalars every few steps and at epochs, histograms where they are due")
  func fresh() throws {
    try run(0..<20)
    #expect(try points() == Self.whole)
    #expect(try paths.count == 1)
  }

  @Test("no gap and no double step, wherever the run was cut and resumed, and however it was torn", arguments: 1..<20)
  func resumed(saved: Int) throws {
    // The process before got further than its checkpoint, and was killed within an event.
    try run(0..<min(saved + 5, 20))
    let first = try #require(try paths.first)
    let handle = try #require(FileHandle(forWritingAtPath: first))
    try handle.seekToEnd()
    try handle.write(contentsOf: Event.framed(Array("torn".utf8)).prefix(saved))
    try handle.close()
    try run(saved..<20)
    #expect(try points() == Self.whole)
    // Again, within the same second.
    try run(saved..<20)
    #expect(try points() == Self.whole)
    #expect(try paths.count == 3)
  }

  @Test("an evaluation that an earlier process logged and never saved is not logged again")
  func evaluatedTwice() throws {
    try run(0..<10, evaluates: false)
    // Evaluates, and is killed before the checkpoint.
    try run(10..<10, awaitsEvaluation: true)
    try run(10..<20, awaitsEvaluation: true)
    #expect(try points() == Self.whole)
  }

  @Test("an evaluation that a later start took back is logged again")
  func evaluatedAndTakenBack() throws {
    try run(0..<10)
    try run(4..<10, evaluates: false)
    try run(10..<20, awaitsEvaluation: true)
    #expect(try points() == Self.whole)
  }

  @Test("a fresh run takes back what a run left that never saved")
  func freshAfterLeftovers() throws {
    try run(0..<9)
    try run(0..<20)
    #expect(try points() == Self.whole)
  }

  @Test("an epoch's values are one event, so that a crash leaves all or none")
  func oneEvent() throws {
    try run(0..<10)
    guard var reader = try EventFileReader(try #require(try paths.first)) else { return }
    var tags: [[String]] = []
    while case .event(let bytes)? = try reader.next() {
      tags.append(EventOutline(bytes).tags.map { String(decoding: $0, as: UTF8.self) })
    }
    #expect(tags.contains { $0.contains("loss/evaluation") && $0.contains("weights/dense/bias") })
  }

  @Test("events are on the disk when a checkpoint is about to be saved, and rows wait for it no longer than a second")
  func flushedBeforeCheckpoint() throws {
    let log = TensorBoardLog(try Self.config(#"{ "everySteps": 1 }"#))
    try log.runStarted(Sample.start(directory: scratch.path))
    log.stepFinished(Sample.step(1, seconds: 0.01))
    #expect(try points().isEmpty)
    try log.checkpointWillBeSaved(step: 1)?()
    #expect(try points()["loss/train"] == [1])
    log.stepFinished(Sample.step(2, seconds: 0.02))
    #expect(try points()["loss/train"] == [1])
    log.stepFinished(Sample.step(3, seconds: 1.03))
    #expect(try points()["loss/train"] == [1, 2, 3])
  }

  @Test("the names of files go on, whatever the clock says")
  func names() {
    func name(_ names: [String], now: Int) -> String {
      EventFileName.new(beside: names, now: now, host: "h", process: 7)
    }
    #expect(name([], now: 1_764_150_000) == "events.out.tfevents.1764150000.h.7.0")
    #expect(
      name(["events.out.tfevents.1764150000.h.99.0"], now: 1_764_150_000) == "events.out.tfevents.1764150001.h.7.0")
    #expect(
      name(["events.out.tfevents.4000000000.h.7.0"], now: 1_764_150_000) == "events.out.tfevents.4000000001.h.7.0")
    #expect(
      name(["events.out.tfevents.x", "events.out.tfevents.99999999999999999999.h"], now: 5)
        == "events.out.tfevents.0000000005.h.7.0")
    #expect(name(["events.out.tfevents.9999999999.h.7.0"], now: 5) == "events.out.tfevents.9999999999.h.7.0")
  }

  @Test("a link that waits in the place of an event file is passed by")
  func plantedLink() throws {
    try scratch.write("precious", to: "elsewhere")
    let name = EventFileName.new(beside: [], now: 1_764_150_000)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/" + name, withDestinationPath: scratch.path + "/elsewhere")
    try run(0..<10, evaluates: false)
    // Looks for the evaluation in what is there.
    try run(10..<20, awaitsEvaluation: true)
    #expect(try scratch.read("elsewhere") == "precious")
    #expect(try scratch.names.count == 4)
    #expect(try #require(TensorBoardLog.inventory(name, path: "\(scratch.path)/\(name)")).verdict == .damaged)
  }

  @Test("what is logged is what the config asks for")
  func quiet() throws {
    let config = try Self.config(#"{ "everySteps": 5, "histogramsEveryEpochs": 0, "imagesEveryEpochs": 0 }"#)
    #expect(config.logging.tensorBoard)
    let log = TensorBoardLog(config)
    #expect((1...20).allSatisfy { log.inspectionRequest(epoch: $0) == .nothing })
    let other = TensorBoardLog(try Self.config(#"{ "histogramsEveryEpochs": 3, "imagesEveryEpochs": 2 }"#))
    #expect((1...6).filter { other.inspectionRequest(epoch: $0).gradient } == [1, 3, 6])
    #expect((1...6).filter { other.inspectionRequest(epoch: $0).mistakes > 0 } == [1, 2, 4, 6])
    #expect((1...6).filter { other.inspectionRequest(epoch: $0).parameters } == [1, 2, 3, 4, 6])
    try run(0..<20, config: config)
    #expect(try points()["loss/train"] == [5, 10, 15, 20])
    #expect(try points()["weights/dense/bias"] == nil)
  }

  @Test("hyperparameters are what decides how the run learns")
  func hyperparameters() throws {
    let values = HyperparameterSummary.values(of: try Self.config(), parameters: 99)
    let texts = values.map { "\($0.name)=\($0.value)" }
    for expected in [
      "seed=7", "data=\"mnist\"", "data.validation=0.1", "layers=\"conv2d(4) flatten dense(10)\"", "parameters=99",
      "epochs=3", "batchSize=16", "loss=\"softmaxCrossEntropy\"", "optimizer=\"sgd\"", "optimizer.learningRate=0.01",
      "schedule=\"constant\"", "precision=\"float32\"",
    ] {
      #expect(texts.contains(expected), "\(expected) in \(texts)")
    }
    #expect(!texts.contains { $0.contains("elsewhere") || $0.contains("null") })
    #expect(Set(values.map(\.name)).count == values.count)
  }

  @Test("the verdict on an event file: good, torn, damaged")
  func inventory() throws {
    try run(0..<10)
    let path = try #require(try paths.first)
    let name = try #require(try scratch.names.first)
    #expect(TensorBoardLog.inventory("metrics.jsonl", path: path) == nil)
    let good = try #require(TensorBoardLog.inventory(name, path: path))
    #expect(good.verdict == .good && good.note == "9 events for TensorBoard", "\(good.note)")
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))

    try Data(whole.dropLast()).write(to: URL(fileURLWithPath: path))
    let torn = try #require(TensorBoardLog.inventory(name, path: path))
    #expect(torn.verdict == .good && torn.note.hasPrefix("8 events for TensorBoard, and one cut short"), "\(torn.note)")

    // Any bit of any byte: the length too, whose damage looks like a record beyond the file's end, were it not for its checksum.
    for index in stride(from: 0, to: whole.count, by: 7) {
      var bytes = whole
      bytes[index] ^= 1 << UInt8(index % 8)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let damaged = try #require(TensorBoardLog.inventory(name, path: path))
      #expect(damaged.verdict == .damaged, "byte \(index): \(damaged.note)")
    }
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(TensorBoardLog.inventory(name, path: path)?.verdict == .good)
  }
}
