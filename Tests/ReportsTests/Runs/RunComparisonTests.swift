import Foundation
import Reports
import Settings
import Testing

@Suite("Runs side by side")
struct RunComparisonTests {
  @Test("what differs is shown, what is the same is not")
  func differences() throws {
    let runs = [
      try TrainedRun(name: "a"),
      try TrainedRun("training.optimizer.learningRate=0.05", "training.epochs=2", "seed=9", name: "b"),
    ]
    defer { withExtendedLifetime(runs) {} }
    let comparison = try RunComparison(runs.map(\.path))
    #expect(comparison.entries.map(\.label) == ["a", "b"])
    #expect(
      comparison.differences == [
        .init(path: "seed", values: [7, 9]), .init(path: "training.epochs", values: [3, 2]),
        .init(path: "training.optimizer.learningRate", values: [0.01, 0.05]),
      ])
    #expect(comparison.warnings.isEmpty)
    let text = comparison.text()
    for word in ["3/3", "2/2", "finished", "training.optimizer.learningRate  0.01", "0.05", "7,340"] {
      #expect(text.contains(word), "\(word) in \(text)")
    }
    let runsJSON = comparison.json["runs"]
    guard case .array(let values)? = runsJSON else {
      Issue.record("no runs")
      return
    }
    #expect(values.map { $0["epochs"] } == [3, 2] && values.map { $0["seed"] } == ["7", "9"])
    #expect(values.allSatisfy { $0["threads"] == [2] && $0["status"] == "finished" && $0["loss"] != nil })
  }

  @Test("the page is well-formed, and its names are texts")
  func page() throws {
    let run = try TrainedRun(name: "<b>&")
    defer { withExtendedLifetime(run) {} }
    let other = try TrainedRun("training.epochs=1", name: "<b>&")
    let html = try RunComparison([run.path, other.path]).html(version: "1.2.3", madeAt: "")
    let elements = try XMLCheck.parse(html)
    #expect(!elements.contains { $0.name == "b" && $0.text.isEmpty })
    #expect(html.contains("Evaluated loss by time") && html.contains("training.epochs"))
    #expect(html.contains("\(run.scratch.path)/&lt;b&gt;&amp;"))
    for text in ["src=\"http", "<script"] { #expect(!html.contains(text)) }
  }

  @Test("runs without an evaluation, with a torn log, without log or checkpoint")
  func incomplete() throws {
    let whole = try TrainedRun(name: "whole")
    defer { withExtendedLifetime(whole) {} }
    let young = try TrainedRun(name: "young")
    let log = try String(contentsOfFile: young.path + "/metrics.jsonl", encoding: .utf8)
    let lines = log.split(separator: "\n")
    try (lines[0] + "\n" + lines[1] + "\n" + lines[2].prefix(20))
      .write(toFile: young.path + "/metrics.jsonl", atomically: true, encoding: .utf8)
    for name in try FileManager.default.contentsOfDirectory(atPath: young.path) where name.hasSuffix(".h5") {
      try FileManager.default.removeItem(atPath: "\(young.path)/\(name)")
    }
    let bare = try TrainedRun(name: "bare")
    defer { withExtendedLifetime(bare) {} }
    for name in try FileManager.default.contentsOfDirectory(atPath: bare.path) where name != "config.json" {
      try FileManager.default.removeItem(atPath: "\(bare.path)/\(name)")
    }
    let comparison = try RunComparison([whole, young, bare].map(\.path))
    #expect(comparison.entries.map(\.figures.status) == [.finished, .withoutCheckpoint, .withoutCheckpoint])
    #expect(comparison.entries.map(\.figures.epochs) == [3, 0, 0])
    #expect(comparison.entries.map(\.figures.step) == [12, 2, 0])
    #expect(
      comparison.warnings == [
        "young: metrics.jsonl: the last line is cut short; a resume mends it", "bare: metrics.jsonl is missing",
      ])
    let text = comparison.text()
    #expect(text.contains("0/3") && text.contains("configs: no difference\n"))
    try XMLCheck.parse(comparison.html(version: "1", madeAt: ""))
  }

  @Test("runs whose figures do not compare")
  func obstacles() throws {
    let digits = try TrainedRun(name: "digits")
    let other = try TrainedRun(
      "data.trainSamples=70", "data.validation=0.2",
      #"training.loss={"type":"softmaxCrossEntropy","labelSmoothing":0.1}"#, name: "other")
    let comparison = try RunComparison([digits, other].map(\.path))
    #expect(
      comparison.warnings == [
        "the runs are of different data sets: their figures do not compare",
        "the runs were evaluated on different samples (test, validation): those figures do not compare",
        "the runs have different losses: only accuracies compare",
      ])
    withExtendedLifetime((digits, other)) {}
  }

  @Test("a terminal that is narrow gets fewer columns", arguments: 40...130)
  func narrow(width: Int) throws {
    let comparison = try Self.pair.get()
    let lines = comparison.text(width: width).split(separator: "\n").prefix(4)
    #expect(lines.allSatisfy { $0.count <= width || width < 41 }, "\(lines.joined(separator: "\n"))")
    #expect(comparison.text(width: width).contains("accuracy"))
  }

  private static let pair = Result {
    let runs = try [TrainedRun(name: "first-run"), TrainedRun("seed=8", name: "second-run")]
    return try withExtendedLifetime(runs) { try RunComparison(runs.map(\.path)) }
  }
}
