import Foundation
import Pictures
import Reports
import Testing
import Training

@Suite("The report of a run")
struct RunReportTests {
  @Test("is well-formed, refers to nothing outside, and says what the run holds")
  func page() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    let report = try RunReport(of: run.path, options: TrainedRun.options)
    let html = report.html
    let elements = try XMLCheck.parse(html)
    #expect(html.utf8.count < 1_000_000)
    // Nothing that a browser would load or run.
    #expect(!elements.contains { ["script", "iframe", "object", "embed"].contains($0.name) })
    for element in elements {
      for name in ["src", "href"] {
        guard let address = element.attributes[name] else { continue }
        #expect(address.hasPrefix("#") || address.hasPrefix("data:"), "\(element.name) \(name)=\(address)")
      }
      #expect(!element.attributes.keys.contains { $0.hasPrefix("on") })
    }
    let ids = elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count, "an id occurs twice")
    for link in elements.compactMap({ $0.attributes["href"] }) where link.hasPrefix("#") {
      #expect(ids.contains(String(link.dropFirst())), "\(link) leads nowhere")
    }
    #expect(elements.count { $0.name == "h1" } == 1)
    #expect(report.figures.threads == [2] && report.omissions.isEmpty)
    for text in ["3 of 3 epochs", report.digest ?? "?", "2026-03-14 15:09 UTC", "7,340"] {
      #expect(html.contains(text), "\(text)")
    }
  }

  @Test("the mistakes are those of the evaluation, the surest first, with their pictures")
  func mistakes() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    let report = try RunReport(of: run.path, options: TrainedRun.options)
    guard case .shown(let test) = report.test else {
      Issue.record("no evaluation: \(report.omissions)")
      return
    }
    let (scores, mistakes) = (test.scores, test.mistakes)
    #expect(test.samples == 200 && scores.samples == 200)
    let hits = scores.confusion.indices.reduce(0) { $0 + scores.confusion[$1][$1] }
    #expect(test.mistakeCount == 200 - hits)
    #expect(mistakes.count == min(50, test.mistakeCount))
    #expect(zip(mistakes, mistakes.dropFirst()).allSatisfy { $0.mistake.confidence >= $1.mistake.confidence })
    let data = try #require(report.run.config).data.source.load(.test, context: .init())
    for shown in mistakes {
      let mistake = shown.mistake
      #expect(mistake.label == Int(data.labels.view[mistake.index]) && mistake.prediction != mistake.label)
      #expect(mistake.confidence >= mistake.labelConfidence && mistake.confidence <= 1)
      let picture = try PNG.decode(shown.png)
      #expect(picture.bytes == data.image(mistake.index).array() && picture.width == 28)
    }
  }

  @Test("the filters are the checkpoint's, the strongest weight in full colour")
  func filters() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    let report = try RunReport(of: run.path, options: TrainedRun.options)
    guard case .shown(let sheet) = report.filters else {
      Issue.record("no filters")
      return
    }
    #expect(sheet.layer == "conv2d" && sheet.count == 5 && sheet.pictures.count == 5 && sheet.coloring == .signed)
    for picture in try sheet.pictures.map({ try PNG.decode($0) }) {
      #expect(picture.width == 5 && picture.height == 5 && picture.channels == .color)
      let pixels = stride(from: 0, to: picture.bytes.count, by: 3).map { Array(picture.bytes[$0..<$0 + 3]) }
      #expect(pixels.contains([0, 84, 159]) || pixels.contains([200, 80, 0]))
    }
  }

  @Test("a profile has a row for each layer")
  func profile() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    var options = try TrainedRun.options
    options.profileSeconds = 0
    let html = try RunReport(of: run.path, options: options).html
    try XMLCheck.parse(html)
    for part in ["conv2d", "dense", "reduce + update", "not during the run"] { #expect(html.contains(part)) }
  }

  @Test("names from outside stay texts")
  func escaping() throws {
    let name = "<script>alert('&')</script>"
    let run = try TrainedRun(name: "x")
    defer { withExtendedLifetime(run) {} }
    let path = run.scratch.path + "/" + name.replacing("/", with: "∕")
    try FileManager.default.moveItem(atPath: run.path, toPath: path)
    try "x".write(toFile: path + "/<img src=x onerror=alert(1)>", atomically: true, encoding: .utf8)
    let html = try RunReport(of: path, options: TrainedRun.options).html
    try XMLCheck.parse(html)
    #expect(!html.contains("<script") && !html.contains("<img src=x"))
    #expect(html.contains("&lt;script&gt;") && html.contains("&lt;img src=x onerror=alert(1)&gt;"))
  }

  @Test("a data set that is missing costs what needs it, and nothing else")
  func missingData() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    var options = try TrainedRun.options
    options.data = run.scratch.path + "/nowhere"
    options.profileSeconds = 0
    let report = try RunReport(of: run.path, options: options)
    #expect(
      report.omissions.count == 2 && report.omissions.allSatisfy { $0.contains("nowhere") }, "\(report.omissions)")
    let html = report.html
    try XMLCheck.parse(html)
    #expect(html.contains("Left out: the confusion matrix") && html.contains("nowhere"))
    #expect(html.contains("Loss of each epoch") && html.contains("filters of conv2d"))
  }

  @Test("a damaged newest checkpoint is named, and the one before is shown")
  func damaged() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    let newest = run.path + "/step-00000012.weights.h5"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: newest))
    bytes[5_000] ^= 1
    try bytes.write(to: URL(fileURLWithPath: newest))
    let report = try RunReport(of: run.path, options: TrainedRun.options)
    #expect(report.run.checkpoint?.path.hasSuffix("step-00000008.weights.h5") == true)
    #expect(report.html.contains("passed over: ") && report.html.contains("step-00000012.weights.h5"))
    #expect(report.figures.status == .unfinished)
  }

  @Test("without a checkpoint there are the log and the config")
  func noCheckpoint() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    for name in try FileManager.default.contentsOfDirectory(atPath: run.path) where name.hasSuffix(".h5") {
      try FileManager.default.removeItem(atPath: "\(run.path)/\(name)")
    }
    let html = try RunReport(of: run.path, options: TrainedRun.options).html
    try XMLCheck.parse(html)
    #expect(html.contains("The run has no checkpoint yet") && html.contains("Loss of each epoch"))
    #expect(html.contains("from the log") && html.contains("trainSamples"))
  }

  @Test("without a log the epochs come from the checkpoint")
  func noLog() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    try FileManager.default.removeItem(atPath: run.path + "/metrics.jsonl")
    let report = try RunReport(of: run.path, options: TrainedRun.options)
    #expect(report.figures.epochs == 3 && report.figures.best != nil && report.figures.seconds == nil)
    try XMLCheck.parse(report.html)
    #expect(report.html.contains("metrics.jsonl is missing"))
  }

  @Test("a run that was taken up again has its sessions")
  func sessions() throws {
    let run = try TrainedRun("training.epochs=2")
    defer { withExtendedLifetime(run) {} }
    try run.train(["training.epochs=3"], threads: 1)
    let report = try RunReport(of: run.path, options: TrainedRun.options)
    #expect(report.figures.threads == [2, 1] && report.figures.resumes == 1)
    #expect(report.html.contains("2, then 1") && report.html.contains("resumed"))
  }

  @Test("the commands that reproduce a run name its kernels, where they are some that the program knows")
  func reproduction() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    var report = try RunReport(of: run.path, options: TrainedRun.options)
    let set = try #require(report.figures.instructionSet)
    #expect(report.html.contains("<code>LOCKSTEP_ISA=\(set) lockstep train "))
    report.figures.instructionSet = "avx512;rm -rf x"
    #expect(report.html.contains("<code>lockstep train "))
    #expect(!report.html.contains("LOCKSTEP_ISA=avx512;"))
    try XMLCheck.parse(report.html)
  }

  @Test("a run keeps what its checkpoint says, and lends the tensors to who asks")
  func tensors() throws {
    let run = try TrainedRun()
    defer { withExtendedLifetime(run) {} }
    let (saved, checkpoint) = try SavedRun.withTensors(run.path)
    let tensors = try #require(checkpoint)
    #expect(saved.checkpoint?.run == tensors.run && saved.checkpoint?.parameterCount == 7_340)
    #expect(saved.checkpoint?.path == run.path + "/step-00000012.weights.h5")
    #expect(tensors.parameters.reduce(0) { $0 + $1.tensor.shape.count } == 7_340)
    #expect(try SavedRun(run.path).checkpoint?.run == tensors.run)
  }

  @Test("what is no run has its message")
  func noRun() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("x", to: "file")
    func message(_ path: String) -> String {
      do {
        _ = try SavedRun(path)
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(message(scratch.path).hasSuffix(" holds no run: neither a checkpoint nor config.json nor metrics.jsonl"))
    #expect(
      message(scratch.path + "/x")
        == "cannot read \(scratch.path)/x: No such file or directory; expected a run's directory, as 'lockstep train' makes it"
    )
    #expect(
      message(scratch.path + "/file")
        == "\(scratch.path)/file is a file, and a run is a directory; did you mean \(scratch.path)?")
  }

  @Test("time is told apart only where the log allows it")
  func budget() throws {
    var history = RunHistory()
    func epoch(_ number: Int, _ seconds: Double, session: Int, rate: Double? = 100) -> RunHistory.Epoch {
      .init(
        epoch: number, step: 10 * number, samplesPerSecond: rate, seconds: seconds, skippedSteps: 0, session: session)
    }
    history.sessions = [
      .init(previousStep: 0, lastStep: 25, threads: 1, seconds: 7),
      .init(previousStep: 25, lastStep: 40, threads: 1, seconds: 4),
    ]
    history.epochs = [
      epoch(1, 3, session: 0), epoch(2, 5.5, session: 0), epoch(3, 1, session: 1), epoch(4, 3.5, session: 1),
    ]
    // 200 samples at 100 a second are 2 seconds; epoch 3 was continued, and the first session's last second went into it too.
    let budget = TimeBudget(history, samplesOfEpoch: 200)
    #expect(budget.training == 6 && budget.between == 2 && budget.unknown == 3)
    #expect(TimeBudget(history, samplesOfEpoch: nil).unknown == 11)
  }
}
