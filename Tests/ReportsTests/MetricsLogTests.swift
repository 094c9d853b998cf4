import Foundation
import Reports
import Testing

@Suite("Metrics log")
struct MetricsLogTests {
  private let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  /// Logs steps and, where an epoch of ten steps ends, the epoch.
  private func run(
    _ steps: ClosedRange<Int>, everySteps: Int = 2, savesAt saves: Set<Int> = [], ends: Bool = true
  ) throws {
    let log = MetricsLog(everySteps: everySteps, metrics: ["loss", "accuracy", "top5Accuracy"])
    try log.runStarted(Sample.start(firstStep: steps.lowerBound - 1, directory: scratch.path))
    for step in steps {
      log.stepFinished(
        .init(
          step: step, epoch: (step - 1) / 10 + 1, stepInEpoch: (step - 1) % 10 + 1, loss: 1 / Double(step),
          accuracy: 0.1 * Double(step), epochLoss: 0, epochAccuracy: 0, learningRate: 0.001,
          gradientNorm: step > 6 ? 1e-5 : nil, samples: 128, seconds: 0.5 * Double(step)))
      if step.isMultiple(of: 10) {
        log.epochFinished(
          .init(
            epoch: step / 10, step: step, training: .init([("loss", 0.25), ("accuracy", 0.5), ("top5Accuracy", 1)]),
            evaluatedOn: "test", evaluation: .init([("loss", 0.125), ("accuracy", 0.75), ("top5Accuracy", 1)]),
            samplesPerSecond: 256, seconds: 0.5 * Double(step)))
      }
      if saves.contains(step) { try log.checkpointWillBeSaved(step: step)?() }
    }
    if ends { log.runEnded(.init(reason: .finished, step: steps.upperBound, checkpoint: nil, seconds: 9)) }
  }

  private let json = """
    {"kind":"step","step":4,"epoch":1,"loss":0.25,"accuracy":0.4,"learningRate":0.001,"samplesPerSecond":256.0,"seconds":2.0,"threads":2}
    {"kind":"step","step":8,"epoch":1,"loss":0.125,"accuracy":0.8,"learningRate":0.001,"gradientNorm":1e-05,"samplesPerSecond":256.0,"seconds":4.0}
    {"kind":"epoch","step":10,"epoch":1,"loss":0.25,"accuracy":0.5,"top5Accuracy":1.0,"evaluatedOn":"test","evaluationLoss":0.125,"evaluationAccuracy":0.75,"evaluationTop5Accuracy":1.0,"samplesPerSecond":256.0,"seconds":5.0,"threads":2}

    """

  private let csv = [
    "kind,step,epoch,loss,accuracy,top5Accuracy,learningRate,gradientNorm,evaluatedOn,evaluationLoss,evaluationAccuracy,"
      + "evaluationTop5Accuracy,samplesPerSecond,seconds",
    "step,4,1,0.25,0.4,,0.001,,,,,,256.0,2.0",
    "step,8,1,0.125,0.8,,0.001,1e-05,,,,,256.0,4.0",
    "epoch,10,1,0.25,0.5,1.0,,,test,0.125,0.75,1.0,256.0,5.0",
    "",
  ].joined(separator: "\r\n")

  @Test("writes a row every few steps and one an epoch")
  func fresh() throws {
    try run(1...10, everySteps: 4)
    #expect(try scratch.read("metrics.jsonl") == json)
    #expect(try scratch.read("metrics.csv") == csv)
    #expect(try scratch.names == ["metrics.csv", "metrics.jsonl"])
  }

  @Test("every line is JSON, and rows of epochs alone are written where everySteps is 0")
  func epochsOnly() throws {
    try run(1...20, everySteps: 0)
    let rows = try scratch.read("metrics.jsonl").split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(rows.map { $0["kind"] as? String } == ["epoch", "epoch"])
    #expect(rows.map { $0["step"] as? Int } == [10, 20])
  }

  @Test("continues without repeated or missing rows, wherever the run was cut and resumed", arguments: 1...29)
  func resumed(saved: Int) throws {
    try run(1...30)
    let whole = (try rows("metrics.jsonl"), try rows("metrics.csv"))

    // Killed some steps after the save: later rows may or may not have reached the file.
    let other = try ScratchDirectory()
    let test = MetricsLogTests(scratch: other)
    try test.run(1...min(saved + 5, 30), savesAt: [saved], ends: saved.isMultiple(of: 2))
    try test.run((saved + 1)...30)
    #expect(try test.rows("metrics.jsonl") == whole.0)
    #expect(try test.rows("metrics.csv") == whole.1)
  }

  private init(scratch: ScratchDirectory) { self.scratch = scratch }

  /// Lines without the two last fields, which depend on time.
  private func rows(_ name: String) throws -> [Substring] {
    try scratch.read(name).split(whereSeparator: \.isNewline).map { line in
      if let time = line.firstRange(of: ",\"samplesPerSecond\"") { return line[..<time.lowerBound] }
      return line.split(separator: ",", omittingEmptySubsequences: false).dropLast(2).joined(separator: ",")[...]
    }
  }

  @Test("a line that a crash cut short goes, the rows before it stay as they are")
  func incompleteLine() throws {
    try scratch.write(json + #"{"kind":"step","step":1"#, to: "metrics.jsonl")
    try scratch.write(csv + "step,1", to: "metrics.csv")
    try open(firstStep: 12)
    #expect(try scratch.read("metrics.jsonl") == json)
    #expect(try scratch.read("metrics.csv") == csv)
  }

  @Test("a line of zeros, as a power cut leaves it, goes")
  func zeros() throws {
    try scratch.write(json + String(repeating: "\0", count: 100) + "\n", to: "metrics.jsonl")
    try open(firstStep: 12)
    #expect(try scratch.read("metrics.jsonl") == json)
  }

  @Test("many zeros at the end, as a power cut leaves them: inspect names their line, and a resume leaves it out")
  func manyZeros() throws {
    let zeros = String(repeating: "\0", count: 200_000)
    for (name, rows, line) in [("metrics.jsonl", json, 4), ("metrics.csv", csv, 5)] {
      try scratch.write(rows + zeros, to: name)
      let file = try #require(MetricsLog.inventory(name, path: "\(scratch.path)/\(name)"))
      #expect(file.verdict == .damaged && file.note == "line \(line) is no row of a log; a resume leaves it out")
    }
    try open(firstStep: 12)
    #expect(try scratch.read("metrics.jsonl") == json)
    #expect(try scratch.read("metrics.csv") == csv)
    // Nothing but zeros.
    try scratch.write(zeros, to: "metrics.csv")
    #expect(
      MetricsLog.inventory("metrics.csv", path: scratch.path + "/metrics.csv")?.note == "line 1 is no header of a log")
    try open(firstStep: 12)
    #expect(try scratch.read("metrics.csv") == String(csv.prefix { $0 != "\r\n" }) + "\r\n")
  }

  @Test("a header that a crash cut short is written anew")
  func incompleteHeader() throws {
    try scratch.write("kind,st", to: "metrics.csv")
    try open(firstStep: 0)
    #expect(try scratch.read("metrics.csv") == String(csv.prefix { $0 != "\r\n" }) + "\r\n")
  }

  @Test("a fresh run clears what a run left that never saved")
  func freshAfterLeftovers() throws {
    try scratch.write(json, to: "metrics.jsonl")
    try open(firstStep: 0)
    #expect(try scratch.read("metrics.jsonl") == "")
  }

  @Test("an epoch that is reported again is not logged again")
  func repeatedEpoch() throws {
    try scratch.write(json, to: "metrics.jsonl")
    let log = MetricsLog(everySteps: 4, metrics: [])
    try log.runStarted(Sample.start(firstStep: 10, directory: scratch.path))
    log.epochFinished(Sample.epoch(1, seconds: 1))
    log.runEnded(.init(reason: .finished, step: 10, checkpoint: nil, seconds: 1))
    #expect(try scratch.read("metrics.jsonl") == json)
  }

  @Test("rows are in the file when a checkpoint is about to be saved")
  func flushedBeforeCheckpoint() throws {
    let log = MetricsLog(everySteps: 1, metrics: [])
    try log.runStarted(Sample.start(directory: scratch.path))
    log.stepFinished(Sample.step(1, seconds: 0.01))
    #expect(try scratch.read("metrics.jsonl") == "")
    try log.checkpointWillBeSaved(step: 1)?()
    #expect(try scratch.read("metrics.jsonl").hasPrefix(#"{"kind":"step","step":1,"#))
    #expect(try scratch.read("metrics.csv").hasSuffix("0.01\r\n"))
  }

  @Test("a loss that is no number is null in JSON and nan in the table")
  func notFinite() throws {
    let log = MetricsLog(everySteps: 1, metrics: [])
    try log.runStarted(Sample.start(directory: scratch.path))
    log.stepFinished(Sample.step(1, seconds: 1, loss: .nan))
    log.stepFinished(Sample.step(2, seconds: 2, loss: .infinity))
    log.runEnded(.init(reason: .failed, step: 2, checkpoint: nil, seconds: 3))
    let lines = try scratch.read("metrics.jsonl").split(separator: "\n")
    #expect(lines.allSatisfy { $0.contains(#""loss":null,"#) } && lines.count == 2)
    #expect(
      try scratch.read("metrics.csv").split(separator: "\r\n").dropFirst().map { $0.split(separator: ",")[3] } == [
        "nan", "inf",
      ])
  }

  private func open(firstStep: Int) throws {
    let log = MetricsLog(everySteps: 4, metrics: ["loss", "accuracy", "top5Accuracy"])
    try log.runStarted(Sample.start(firstStep: firstStep, directory: scratch.path))
    log.runEnded(.init(reason: .failed, step: firstStep, checkpoint: nil, seconds: 0))
  }
}
