import ArgumentParser
import Foundation
import Reports
import Training

/// `lockstep manual`
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page.",
    discussion: """
      It is written from the definitions of the arguments. Scripts/install puts it where man looks.

      Example:
        lockstep manual | man -l -
      """)

  func run() throws {
    try Outcome.report {
      let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(LockstepCommand._dumpHelp().utf8))
      try Console.answer(ManualPage(of: tool.command).mdoc.trimmingSuffix("\n"))
    }
  }
}

extension ManualPage {
  /// The page of this program.
  fileprivate init(of command: CommandDescription) {
    self.init(
      command: command, version: LockstepVersion.current, date: "November 26, 2026",
      description: ManualText.description,
      environment: ManualText.environment, files: ManualText.files,
      exitCodes: Outcome.documentation.map { ("\($0.code)", ManualText.sentence($0.meaning)) },
      examples: ManualText.examples, seeAlso: [("man", 1), ("jq", 1), ("nohup", 1), ("taskset", 1), ("signal", 7)])
  }
}

/// What the manual page says beside the arguments.
private enum ManualText {
  static let description = [
    """
    A run is described by one JSON file: what is learnt from what, and how. The minibatches are split across the \
    processors, and the result has the same bits on any number of threads, however often the run was stopped and \
    resumed. Checkpoints are HDF5 files that Keras 3 loads as they are.
    """,
    """
    Answers go to standard output, progress and messages to standard error. On a terminal, progress is a bar; \
    elsewhere it is a line now and then. What has no room in a narrow terminal is left out, never wrapped.
    """,
    """
    SIGINT (Ctrl-C), SIGTERM, SIGXCPU and SIGHUP of a terminal that is closed finish the step, save and end the run \
    with exit code 75; 'lockstep resume' goes on in the middle of the epoch. A second Ctrl-C ends at once, and so does a \
    signal before the first step, when there is nothing to save. SIGUSR1 saves and goes on. In a pipe as '2>&1 | tee log', Ctrl-C ends tee as well, but not before the run is saved; 'tee -i' writes \
    the end of the log too.
    """,
    """
    Every command takes '--help', and the program '--version'.
    """,
  ]

  static let environment: [ManualPage.Entry] = [
    ("LOCKSTEP_DATA", "A folder of data sets, looked in before the config's data.directory."),
    (
      "LOCKSTEP_ISA",
      "The kernels to use, 'avx512', 'avx2' or 'portable', instead of the best that the processor has."
    ),
    ("NO_COLOR", "No colors, whatever else is set."),
    (
      "FORCE_COLOR , CLICOLOR_FORCE",
      "Colors even where progress does not go to a terminal, as in the logs of some CI services; 0 for none."
    ),
    ("CLICOLOR", "With 0 no colors."),
    ("TERM", "With 'dumb', or not set, progress is plain lines."),
    (
      "LC_ALL , LC_CTYPE , LANG",
      "The first that is set tells whether the terminal shows UTF-8; without it, bars and curves are ASCII."
    ),
    ("COLUMNS", "The width of the terminal, where the terminal does not tell, and of an answer that goes elsewhere."),
  ]

  static let files: [ManualPage.Entry] = [
    ("Checkpoints/NAME", "The directory of a run, unless '--run' says otherwise."),
    ("Checkpoints/NAME/config.json", "The config, with all defaults filled in."),
    (
      "Checkpoints/NAME/step-00000938.weights.h5",
      "The checkpoint after step 938: the last three are kept, and the best."
    ),
    (
      "Checkpoints/NAME/metrics.jsonl , Checkpoints/NAME/metrics.csv",
      "The log: a row for every few steps and every epoch."
    ),
    ("Checkpoints/NAME/events.out.tfevents.*", "The log for TensorBoard, unless logging.tensorBoard is false."),
    ("Checkpoints/NAME/report.html", "The page that 'lockstep report' makes."),
    ("Checkpoints/NAME/NAME.onnx , Checkpoints/NAME/NAME.keras", "What 'lockstep export' writes for other programs."),
    ("Data/mnist", "Where 'lockstep data fetch mnist' puts the data set."),
  ]

  static let examples: [(text: String, lines: [String])] = [
    (
      "Train a network on digits that the program draws itself, and measure it:",
      [
        "lockstep train Configs/digits.json", "lockstep evaluate Checkpoints/digits",
      ]
    ),
    (
      "Change a config for one run, and keep its log:",
      [
        "lockstep train Configs/mnist-cnn.json --set training.epochs=3 --run Checkpoints/short 2>&1 | tee -i log"
      ]
    ),
    (
      "Train at night, and go on if the machine was started anew:",
      [
        "nohup lockstep train Configs/mnist-cnn.json --resume > log 2>&1 &"
      ]
    ),
    (
      "Look at the learning curve:",
      [
        "jq -r 'select(.kind == \"epoch\") | [.epoch, .loss, .evaluationLoss] | @tsv' Checkpoints/mnist-cnn/metrics.jsonl"
      ]
    ),
  ]

  /// With a capital letter and a full stop.
  static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
