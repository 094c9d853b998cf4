import Checkpoints
import Datasets
import Reports
import Settings
import Tensors
import Training
import Workers

/// A run directory with some files in it, which `lockstep resume` would look at: the search for the newest good
/// checkpoint, its config, its data, a step, an evaluation, a save. Before that, `lockstep compare` reads it with its log.
enum DirectoryTarget {
  private static let mostEntries = 4

  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    let directory = try ScratchDirectory()
    defer { directory.remove() }
    for _ in 0..<mostEntries where !input.isAtEnd {
      try DirectoryEntry(&input).make(in: directory)
    }
    try Expected.resultOrMessage { try compare(directory.path) }
    try Expected.resultOrMessage { try resume(directory.path) }
    try Expected.resultOrMessage { try startAgain(directory.path) }
  }

  /// `lockstep compare`, which believes nothing either and changes nothing.
  private static func compare(_ path: String) throws {
    let comparison = try RunComparison([path])
    _ = comparison.text(width: 60)
    _ = comparison.json.prettyPrinted
    _ = comparison.html(version: "0", madeAt: "")
  }

  private static func resume(_ path: String) throws {
    _ = try RunDirectory.lastStep(in: path)
    let newest = try RunDirectory.newestCheckpoint(in: path)
    guard newest.skipped.allSatisfy({ !$0.isEmpty }) else { throw FuzzFailure("passed over without a reason") }
    guard let (checkpoint, file) = newest.found else { return }
    let config = try RunConfig(text: checkpoint.run.config, source: file)
    let machine = try Machine(threads: 1, environment: ["LOCKSTEP_ISA": "portable"])
    guard try SampleRun.isSmall(config, kernels: machine.kernels) else { return }
    let data = try SampleRun.data(config)
    try Expected.resultOrMessage {
      let model = try CheckpointModel(
        checkpoint, path: file, config: config, sampleShape: data.test.shape, machine: machine)
      _ = try model.evaluate(data.test)
    }
    try config.check(data, on: machine)
    let end = try SampleRun.train(config, data, machine: machine, in: path, from: (checkpoint, file))
    guard end.step >= checkpoint.run.step else { throw FuzzFailure("a resume went back to step \(end.step)") }
    guard try RunDirectory.newestCheckpoint(in: path).found?.checkpoint.run.step == end.step else {
      throw FuzzFailure("step \(end.step) was not left on disk")
    }
  }

  /// `lockstep train --resume` where there is no good checkpoint.
  private static func startAgain(_ path: String) throws {
    guard try RunDirectory.newestCheckpoint(in: path).found == nil else { return }
    let machine = try Machine(threads: 1, environment: ["LOCKSTEP_ISA": "portable"])
    let end = try SampleRun.train(SampleRun.config(), SampleRun.data(SampleRun.config()), machine: machine, in: path)
    guard end.step == 1 else { throw FuzzFailure("a fresh start ended at step \(end.step)") }
  }
}

/// One thing in a run directory.
private struct DirectoryEntry {
  private static let names = [
    "step-00000004.weights.h5", "step-00000008.weights.h5", "step-00000012.weights.h5", "step-00000016.weights.h5",
    "step-99999999999.weights.h5", "metrics.jsonl", "metrics.csv", "config.json", "lock",
    ".step-00000004.weights.h5.lockstep-1-1-1.partial",
  ]
  private static let targets = ["/dev/null", "lock", "..", "step-00000004.weights.h5", "/nonexistent/x"]

  private enum Content {
    case file([UInt8])
    case directory
    case link(to: String)
  }

  private let name: String
  private let content: Content

  init(_ input: inout FuzzInput) {
    name = Self.names[Int(input.byte()) % Self.names.count]
    let kind = input.byte() % 6
    let step = CheckpointDirectory.step(inName: name) == 8 ? 8 : 4
    var block = FuzzInput(input.block())
    switch kind {
    case 0: content = .file(block.rest())
    case 1:
      var file = SampleRun.files[step] ?? []
      block.patch(&file)
      content = .file(file)
    case 2:
      var image = Array((SampleRun.files[step] ?? []).dropLast(Trailer.byteCount))
      block.patch(&image)
      content = .file(SampleCheckpoint.sealed(image).array())
    case 3:
      var checkpoint = SampleRun.checkpoints[step] ?? SampleCheckpoint.linear
      CheckpointEdit.apply(&block, to: &checkpoint)
      // What the writer refuses needs no reader.
      let file = try? CheckpointEncoder.encode(checkpoint)
      content = .file(file?.array() ?? [])
    case 4: content = .directory
    default: content = .link(to: Self.targets[Int(block.byte()) % Self.targets.count])
    }
  }

  func make(in directory: ScratchDirectory) throws(FuzzFailure) {
    switch content {
    case .file(let bytes): directory.tryToWrite(bytes, to: name)
    case .directory: directory.makeDirectory(name)
    case .link(let target): directory.makeLink(name, to: target)
    }
  }
}

/// Changes to what a checkpoint says: of right types, and of whatever sense.
private enum CheckpointEdit {
  static func apply(_ input: inout FuzzInput, to checkpoint: inout Checkpoint) {
    while !input.isAtEnd {
      switch input.byte() % 20 {
      case 0: checkpoint.run.epoch = Int(input.long())
      case 1: checkpoint.run.step = Int(input.long())
      case 2: checkpoint.run.batchesDone = Int(input.long())
      case 3: checkpoint.run.stepsPerEpoch = Int(input.long())
      case 4: checkpoint.run.seed = UInt64(bitPattern: input.long())
      case 5: checkpoint.run.patience = Int(input.long())
      case 6: checkpoint.run.score = number(&input)
      case 7: checkpoint.run.best = nil
      case 8: checkpoint.run.best?.step = Int(input.long())
      case 9: checkpoint.run.best?.value = number(&input)
      case 10: checkpoint.optimizer.iterations = Int(input.long())
      case 11: checkpoint.optimizer.learningRate = Float(number(&input))
      case 12: editHistory(&input, &checkpoint.run)
      case 13:
        let index = Int(input.byte())
        let value = number(&input)
        if checkpoint.run.epochSums.indices.contains(index) { checkpoint.run.epochSums[index].value = value }
      case 14: editParameter(&input, &checkpoint)
      case 15: checkpoint.run.dataFingerprint = input.take(Int(input.byte()))
      case 16: checkpoint.run.instructionSet = ["avx512", "avx2", "portable", ""][Int(input.byte()) % 4]
      case 17: editConfig(&input, &checkpoint.run)
      case 18:
        let count = Int(input.byte())
        checkpoint.run.inputScale = (0..<count).map { _ in Float(number(&input)) }
        checkpoint.run.inputOffset = Array(repeating: 0, count: count)
      default: checkpoint.optimizer.name = ["adam", "adam_w", "sgd", "rm_sprop"][Int(input.byte()) % 4]
      }
    }
  }

  private static func number(_ input: inout FuzzInput) -> Double {
    Double(bitPattern: UInt64(bitPattern: input.long()))
  }

  private static func editHistory(_ input: inout FuzzInput, _ run: inout RunState) {
    let rows = Int(input.byte())
    let value = number(&input)
    let row = Array(repeating: value, count: run.history.columns.count)
    run.history = MetricHistory(columns: run.history.columns, rows: Array(repeating: row, count: rows))
  }

  private static func editParameter(_ input: inout FuzzInput, _ checkpoint: inout Checkpoint) {
    let tensor = checkpoint.parameters[0].tensor
    var values = tensor.array()
    values[Int(input.byte()) % values.count] = Float(number(&input))
    checkpoint.parameters[0].tensor = TensorSnapshot(shape: tensor.shape, values: values)
  }

  private static func editConfig(_ input: inout FuzzInput, _ run: inout RunState) {
    var text = Array(run.config.utf8)
    let start = min(input.short(), text.count)
    let end = min(text.count, start + Int(input.byte()))
    text.replaceSubrange(start..<end, with: input.take(Int(input.byte())))
    run.config = String(decoding: text, as: UTF8.self)
  }
}
