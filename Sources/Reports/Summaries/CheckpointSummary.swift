import Settings

/// What a checkpoint holds, as `inspect` shows it.
public struct CheckpointSummary: Sendable, CustomStringConvertible {
  /// The file and its size.
  public var path: String
  public var bytes: Int
  /// Version of the file's layout.
  public var formatVersion: Int
  /// The config's `name` and `seed`.
  public var name: String
  public var seed: UInt64
  /// Steps done and steps of the whole run.
  public var step: Int
  public var totalSteps: Int
  /// Epoch of the next step, from 1 (the last one where all are done), and epochs of the run.
  public var epoch: Int
  public var epochs: Int
  /// Steps done in that epoch, and steps of an epoch.
  public var stepInEpoch: Int
  public var stepsPerEpoch: Int
  /// The config's optimizer.
  public var optimizer: String
  /// Trainable parameters.
  public var parameters: Int
  /// Instruction set the weights were computed with.
  public var instructionSet: String
  /// Fingerprint of the training data.
  public var dataFingerprint: String
  /// The best evaluation so far: metric, value, step it was reached at.
  public var best: (metric: String, value: Double, step: Int)?
  /// SHA-256 over weights and optimizer state, where it was asked for.
  public var digest: String?

  /// Collects the values.
  public init(
    path: String, bytes: Int, formatVersion: Int, name: String, seed: UInt64, step: Int, totalSteps: Int, epoch: Int,
    epochs: Int, stepInEpoch: Int, stepsPerEpoch: Int, optimizer: String, parameters: Int, instructionSet: String,
    dataFingerprint: String, best: (metric: String, value: Double, step: Int)? = nil, digest: String? = nil
  ) {
    self.path = path
    self.bytes = bytes
    self.formatVersion = formatVersion
    self.name = name
    self.seed = seed
    self.step = step
    self.totalSteps = totalSteps
    self.epoch = epoch
    self.epochs = epochs
    self.stepInEpoch = stepInEpoch
    self.stepsPerEpoch = stepsPerEpoch
    self.optimizer = optimizer
    self.parameters = parameters
    self.instructionSet = instructionSet
    self.dataFingerprint = dataFingerprint
    self.best = best
    self.digest = digest
  }

  /// Names and values in two columns.
  public var description: String { text() }

  /// Names and values in two columns.
  ///
  /// - Parameter width: columns of the terminal; nil for no limit.
  public func text(width: Int? = nil) -> String {
    let grouped = NumberText.grouped
    var list = FieldList()
    list.append("checkpoint", "\(path) (\(NumberText.bytes(bytes)), format \(formatVersion))", wraps: false)
    list.append("run", name)
    list.append("step", "\(grouped(step)) of \(grouped(totalSteps))")
    let steps = "\(grouped(stepInEpoch)) of \(RunText.count(stepsPerEpoch, "step")) done"
    list.append("epoch", "\(epoch) of \(epochs), \(steps)")
    list.append("best", best.map { "\(MetricText.labelled($0.metric, $0.value)) at step \(grouped($0.step))" })
    list.append("parameters", grouped(parameters))
    list.append("optimizer", optimizer)
    list.append("seed", "\(seed)")
    list.append("kernels", instructionSet)
    list.append("data", dataFingerprint)
    list.append("digest", digest)
    return list.text(width: width)
  }

  /// The same for `--json`; `seed` is a string, since it may exceed what JSON readers take as a number; keys without a value are left
  /// out.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("path", .string(path)), ("bytes", .integer(bytes)), ("formatVersion", .integer(formatVersion)),
      ("name", .string(name)), ("seed", .string("\(seed)")), ("step", .integer(step)),
      ("totalSteps", .integer(totalSteps)), ("epoch", .integer(epoch)), ("epochs", .integer(epochs)),
      ("stepInEpoch", .integer(stepInEpoch)), ("stepsPerEpoch", .integer(stepsPerEpoch)),
      ("optimizer", .string(optimizer)), ("parameters", .integer(parameters)),
      ("instructionSet", .string(instructionSet)), ("dataFingerprint", .string(dataFingerprint)),
    ]
    if let best {
      members.append(
        (
          "best",
          .object([
            ("metric", .string(best.metric)), ("value", best.value.isFinite ? .number(best.value) : .null),
            ("step", .integer(best.step)),
          ])
        ))
    }
    if let digest { members.append(("digest", .string(digest))) }
    return .object(members)
  }
}
