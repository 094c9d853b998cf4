import ArgumentParser
import Checkpoints
import Datasets
import Foundation
import Reports
import Training

/// `lockstep report RUN`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Make one HTML page of a run: figures, curves, mistakes, filters, times.",
    discussion: """
      Reads the run's newest good checkpoint and its log, evaluates the checkpoint on the test set, and trains a few \
      steps in memory to measure layers and phases. Nothing of the run is changed. Where the data set is missing, the \
      page is made without what needs it, and says so. The page is one file that needs no network.

      Examples:
        lockstep report Checkpoints/mnist-cnn
        lockstep report Checkpoints/digits --data Data/mnist --output digits-on-mnist.html
      """)

  @Argument(help: ArgumentHelp("A run's directory.", valueName: "run"), completion: .directory)
  var path: String

  @Option(
    help: ArgumentHelp(
      "Where the page goes; - is standard output. By default report.html in the run.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A folder with IDX files (t10k-…) to evaluate on, instead of the config's data set.", valueName: "dir"),
    completion: .directory)
  var data: String?

  @Flag(help: "Leave out the times of layers and phases, which a short training on this machine measures.")
  var noProfile = false

  @OptionGroup var machine: MachineOptions

  func run() throws {
    try Outcome.report {
      let output = self.output ?? (path.hasSuffix("/") ? path : path + "/") + "report.html"
      // Before work that would be for nothing, but a wrong run is the better message.
      let (run, checkpoint) = try SavedRun.withTensors(path)
      if output != "-" { try OutputPath.check(output) }
      let report = try RunReport(
        of: run, checkpoint: checkpoint,
        options: RunReportOptions(
          data: data, machine: try machine.machine(), context: .ofProcess, profileSeconds: noProfile ? nil : 1,
          madeAt: OutputPath.now))
      Console.warn(ofSkipped: report.run.skipped)
      for problem in report.run.problems + report.omissions { Console.error("lockstep: \(problem)") }
      if output == "-" {
        try Console.answer(report.html.trimmingSuffix("\n"))
      } else {
        try OutputPath.write(report.html, to: output)
        try Console.answer(output)
      }
    }
  }
}
