import ArgumentParser
import Checkpoints
import Foundation
import Reports
import Training

/// `lockstep compare RUN RUN…`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Put runs side by side: figures, curves, and what differs in their configs.",
    discussion: """
      Reads logs and newest good checkpoints; nothing is computed or changed. Runs may be unfinished, of different \
      lengths, and without an evaluation.

      Examples:
        lockstep compare Checkpoints/mnist-mlp Checkpoints/mnist-cnn
        lockstep compare Checkpoints/sweep-* --output sweep.html
      """)

  @Argument(help: ArgumentHelp("The runs' directories.", valueName: "run"), completion: .directory)
  var runs: [String]

  @Flag(help: "Print one JSON object: runs, differences, warnings.")
  var json = false

  @Option(
    help: ArgumentHelp("Write an HTML page with the curves of all runs, too.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  func run() throws {
    try Outcome.report {
      let comparison = try RunComparison(runs)
      if !json { for warning in comparison.warnings { Console.error("lockstep: \(warning)") } }
      if let output {
        try OutputPath.check(output)
        try OutputPath.write(comparison.html(version: LockstepVersion.current, madeAt: OutputPath.now), to: output)
        Console.error("lockstep: the page is \(output)")
      }
      if json {
        try Console.answer(comparison.json.prettyPrinted.trimmingSuffix("\n"))
      } else {
        let text = comparison.text(width: Terminal.outputWidth, unicode: Terminal.standardError.usesUnicode)
        try Console.answer(text.trimmingSuffix("\n"))
      }
    }
  }
}
