import ArgumentParser
import Datasets
import Foundation
import Reports
import Settings
import Training

/// `lockstep evaluate CHECKPOINT`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a checkpoint on the test set.",
    discussion: """
      Prints loss, accuracy, precision, recall, F1 and support of each class, and the confusion matrix.

      Examples:
        lockstep evaluate Checkpoints/mnist-cnn
        lockstep evaluate Checkpoints/digits --data Data/mnist --json | jq .accuracy
      """)

  @Argument(
    help: ArgumentHelp(
      "A run directory (its newest good checkpoint is taken) or a checkpoint.", valueName: "run-or-checkpoint"),
    completion: .checkpoint)
  var checkpoint: String

  @Option(
    help: ArgumentHelp(
      "A folder with IDX files (t10k-…) to evaluate on, instead of the config's data set.", valueName: "dir"),
    completion: .directory)
  var data: String?

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Print one JSON object: loss, accuracy, samples, confusion, perClass, macro, weighted.")
  var json = false

  func run() throws {
    try Outcome.report {
      let source = try CheckpointSource(checkpoint)
      let config = try RunConfig(text: source.checkpoint.run.config, source: source.path)
      let (data, context) = config.data.replacingSource(by: data, context: .ofProcess)
      let dataset = try data.source.load(.test, context: context)
      let model = try CheckpointModel(
        source.checkpoint, path: source.path, config: config, sampleShape: dataset.shape, machine: try machine.machine()
      )
      let evaluation = try model.evaluate(dataset)
      let report = ClassificationReport(
        classes: data.classNames(count: evaluation.confusion.count), confusion: evaluation.confusion)
      let loss = evaluation.metrics["loss"] ?? .nan
      if json {
        try Console.answer(report.json(loss: loss, metrics: evaluation.metrics.values).prettyPrinted)
      } else {
        try Console.answer(text(report, evaluation: evaluation, path: source.path))
      }
    }
  }

  private func text(_ report: ClassificationReport, evaluation: Evaluation, path: String) -> String {
    let metrics = evaluation.metrics.values.map { MetricText.labelled($0.name, $0.value) }.joined(separator: "  ")
    return """
      \(path): \(Counted.text(evaluation.samples, "sample"))  \(metrics)

      \(report.text)
      \(report.confusionText(width: Terminal.outputWidth))
      """
  }
}
