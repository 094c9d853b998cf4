import ArgumentParser
import Datasets
import Foundation
import Pictures
import Reports
import Settings
import Tensors
import Training

/// `lockstep predict CHECKPOINT IMAGE…`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Recognise pictures.",
    discussion: """
      Reads PNG, PGM and IDX files (.gz too), told by what is in them: digits.gz[3] and digits.gz[0-9] are images of an \
      IDX file, counted from 0, and - is a picture from standard input. For a network that was trained on 28 x 28 grey \
      samples, a picture is cut out, fitted and centred as MNIST's digits were, inverted where the paper is lighter than \
      the ink; for others it is resized. A picture that is a sample already stays as it is.

      A picture that cannot be read is named on standard error, and the others are answered: exit code 65, or 66 where \
      nothing was wrong but that files were missing.

      --json prints one object: checkpoint, step; images, of each file, index, class, label, probability, probabilities, \
      treatment (unchanged, resized or centred), inverted, blank; failures, of each file, message, missing.

      Examples:
        lockstep predict Checkpoints/mnist-cnn digit.png --show
        lockstep predict Checkpoints/mnist-cnn scans/*.png --json | jq -r '.images[] | [.file, .label] | @tsv'
        lockstep predict Checkpoints/mnist-cnn 'Data/mnist/t10k-images-idx3-ubyte.gz[0-9]' --top 3
      """)

  @Argument(
    help: ArgumentHelp(
      "A run directory (its newest good checkpoint is taken) or a checkpoint.", valueName: "run-or-checkpoint"),
    completion: .checkpoint)
  var checkpoint: String

  @Argument(
    help: ArgumentHelp("Pictures: PNG, PGM or IDX files, or - for standard input.", valueName: "image"),
    completion: .file())
  var images: [String]

  @OptionGroup var machine: MachineOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Show the most probable classes, so many of them.", valueName: "k"))
  var top = 2

  @Flag(help: "Only resize pictures to the network's input: do not cut out, invert and centre digits.")
  var raw = false

  @Flag(help: "Draw what the network sees.")
  var show = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top); expected 1 or more") }
    guard !json || !show else { throw ValidationError("--show draws for people; leave it out with --json") }
    guard images.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("- is standard input, which can be read once; name it once")
    }
  }

  func run() throws {
    try Outcome.report {
      let source = try CheckpointSource(checkpoint)
      let config = try RunConfig(text: source.checkpoint.run.config, source: source.path)
      let shape = try config.sampleShape(context: .ofProcess)
      guard let preparation = PicturePreparation(shape: shape, isRaw: raw) else {
        throw TrainingError.unfit("the network was trained on samples of \(shape), and pictures have 1 or 3 channels")
      }
      let machine = try machine.machine()
      let model = try CheckpointModel(
        source.checkpoint, path: source.path, config: config, sampleShape: shape, machine: machine)
      let bytes = DatasetContext.ofProcess.largestBytes
      let predictor = try PicturePredictor(
        model: model, preparation: preparation, machine: machine,
        pictureLimits: PictureLimits(memory: bytes / machine.threads), idxLimit: bytes)
      var report = PredictionReport(
        checkpoint: source.path, step: source.checkpoint.run.step,
        classNames: config.data.classNames(count: model.network.output.count))
      let inputs = try images.map { try PredictionInput($0) { FileManager.default.fileExists(atPath: $0) } }
      try predictor.run(inputs) { result in
        switch result {
        case .success(let prediction):
          if show { try draw(prediction, shape) }
          report.append(prediction)
        case .failure(let error):
          Console.error("lockstep: \(error)")
          report.append(error)
        }
      }
      try answer(report, classes: model.network.output.count)
    }
  }

  private func draw(_ prediction: Prediction, _ shape: Shape) throws {
    let usesColor = Terminal.standardOutput.isInteractive && Terminal.standardError.usesColor
    try Console.answer(PredictionReport.name(prediction.source, prediction.index) + ":")
    try Console.answer(
      SampleDrawing.text(prediction.picture.bytes, shape: shape, usesColor: usesColor).trimmingSuffix("\n"))
  }

  private func answer(_ report: PredictionReport, classes: Int) throws {
    if json {
      try Console.answer(report.json.prettyPrinted.trimmingSuffix("\n"))
    } else if !report.isEmpty {
      let text = report.text(
        top: min(top, classes), width: Terminal.outputWidth, unicode: Terminal.standardOutput.usesUnicode)
      try Console.answer(text.trimmingSuffix("\n"))
    }
    guard let worst = report.failed.first(where: { !$0.isMissing }) ?? report.failed.first else { return }
    throw ExitCode(Outcome(of: worst).rawValue)
  }
}
