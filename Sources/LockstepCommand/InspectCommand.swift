import ArgumentParser
import Checkpoints
import Foundation
import Networks
import Reports
import Settings
import Tensors
import Training

/// `lockstep inspect PATH`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a config, a checkpoint or a run holds.",
    discussion: """
      For a config: the layers with output shapes, parameters and FLOPs. For a checkpoint: those, and its progress.

      Examples:
        lockstep inspect Configs/mnist-cnn.json
        lockstep inspect Checkpoints/mnist-cnn --verify
      """)

  @Argument(
    help: "A config (.json), a checkpoint (.h5) or a run directory (its newest good checkpoint is taken).",
    completion: .configOrCheckpoint)
  var path: String

  @Flag(help: "Print one SHA-256 over weights, optimizer state and step: equal for equal training states.")
  var digest = false

  @Flag(
    help: """
      Check every byte of a checkpoint, or every file of a run, and say so; a damaged one ends with exit code 65, one that \
      cannot be read with 66.
      """)
  var verify = false

  @Flag(help: "Print one JSON object.")
  var json = false

  /// By its first character, so that a config may have any name.
  private var isConfig: Bool {
    if path.hasSuffix(".json") { return true }
    guard !isDirectory, let file = FileHandle(forReadingAtPath: path) else { return false }
    let head = (try? file.read(upToCount: 256)) ?? Data()
    return head.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{") && !path.hasSuffix(".jsonl")
  }

  func validate() throws {
    if isConfig, digest || verify {
      throw ValidationError("\(digest ? "--digest" : "--verify") needs a checkpoint or a run directory, not a config")
    }
  }

  func run() throws {
    try Outcome.report {
      if isConfig {
        try inspectConfig()
      } else if verify, !digest, isDirectory {
        try inspectFiles()
      } else {
        try inspectCheckpoint()
      }
    }
  }

  private func inspectConfig() throws {
    let config = try RunConfig(file: path)
    let network = try network(of: config)
    let set = network.kernels.instructionSet.rawValue
    if json {
      try Console.answer(NetworkSummary.json(network).adding("instructionSet", .string(set)).prettyPrinted)
    } else {
      try Console.answer(NetworkSummary.table(network).text(width: Terminal.outputWidth))
      try Console.answer("kernels here: \(set)")
    }
  }

  private var isDirectory: Bool { SystemCalls.isDirectory(path) }

  private func inspectFiles() throws {
    let files = try RunInventory.files(in: path)
    guard files.contains(where: { $0.verdict != .foreign }) else {
      throw TrainingError.nothingToResume(path: path, skipped: [])
    }
    let table = InventoryTable(path: path, files: files)
    let unicode = Terminal.standardOutput.usesUnicode
    try Console.answer(json ? table.json.prettyPrinted : table.text(width: Terminal.outputWidth, unicode: unicode))
    if table.damaged > 0 { throw ExitCode(Outcome.badData.rawValue) }
    if table.unreadable > 0 { throw ExitCode(Outcome.inputMissing.rawValue) }
  }

  private func inspectCheckpoint() throws {
    let source = try CheckpointSource(path)
    if digest && !json && !verify {
      try Console.answer(SHA256.hexadecimal(source.checkpoint.digest()))
      return
    }
    let config = try RunConfig(text: source.checkpoint.run.config, source: source.path)
    let summary = CheckpointSummary(
      of: source.checkpoint, path: source.path, bytes: try source.byteCount(), config: config, withDigest: digest)
    let network = try network(of: config)
    if json {
      try Console.answer(summary.json.adding("network", NetworkSummary.json(network)).prettyPrinted)
      return
    }
    try Console.answer(summary.text(width: Terminal.outputWidth))
    try Console.answer(NetworkSummary.table(network).text(width: Terminal.outputWidth).trimmingSuffix("\n"))
    // Reading a checkpoint checks its checksum; there is nothing that would be read without it.
    if verify { try Console.answer("\(source.path): every byte is as it was written") }
  }

  private func network(of config: RunConfig) throws -> Network {
    let kernels = try Kernels.selected(environment: ProcessInfo.processInfo.environment)
    let input = try config.model.input ?? config.prepareData().training.shape
    return try config.makeNetwork(input: input, kernels: kernels)
  }
}

extension JSONValue {
  /// This object with one more key.
  fileprivate func adding(_ key: String, _ value: JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members + [(key: key, value: value)])
  }
}

extension CheckpointSummary {
  /// What a checkpoint holds.
  fileprivate init(of checkpoint: Checkpoint, path: String, bytes: Int, config: RunConfig, withDigest: Bool) {
    let run = checkpoint.run
    self.init(
      path: path, bytes: bytes, formatVersion: Checkpoint.formatVersion, name: config.name, seed: run.seed,
      step: run.step, totalSteps: run.stepsPerEpoch * config.training.epochs,
      epoch: min(run.epoch + 1, config.training.epochs), epochs: config.training.epochs,
      stepInEpoch: run.epoch < config.training.epochs ? run.batchesDone : run.stepsPerEpoch,
      stepsPerEpoch: run.stepsPerEpoch,
      optimizer: checkpoint.optimizer.name, parameters: checkpoint.parameters.reduce(0) { $0 + $1.tensor.shape.count },
      instructionSet: run.instructionSet, dataFingerprint: SHA256.hexadecimal(run.dataFingerprint),
      best: run.best.map { ($0.metric, $0.value, $0.step) },
      digest: withDigest ? SHA256.hexadecimal(checkpoint.digest()) : nil)
  }
}
