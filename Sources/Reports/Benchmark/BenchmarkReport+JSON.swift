import Settings
import Training

extension BenchmarkReport {
  /// The same for `--json`. Times are in seconds; those under `split` are of one step and added over all workers, and their `share`s
  /// add up to 1. Rates are of one worker; `ofPeak` is their share of what one worker reaches in registers.
  ///
  /// - Parameter version: the program's.
  public func json(version: String) -> JSONValue {
    .object([
      ("name", .string(name)), ("batchSize", .integer(batchSize)), ("shards", .integer(shards)),
      ("parameters", .integer(parameters)),
      (
        "machine",
        .object([
          ("processor", .string(machine.processor)), ("processors", .integer(machine.processors)),
          ("instructionSet", .string(machine.instructionSet)),
        ])
      ),
      ("version", .string(version)), ("rounds", .integer(rounds)), ("stepsPerTurn", .integer(stepsPerTurn)),
      ("sameBits", .bool(hasSameBits)), ("shareOfOthers", shareOfOthers.map(JSONValue.number) ?? .null),
      ("results", .array(results.map(json))),
    ])
  }

  private func json(_ result: ThreadResult) -> JSONValue {
    .object([
      ("threads", .integer(result.threads)), ("samplesPerSecond", .number(result.training.samplesPerSecond)),
      ("speedUp", .number(speedUp(result))), ("efficiency", .number(efficiency(result))),
      ("stepSeconds", .number(result.training.stepSeconds)),
      ("samplesPerStep", .number(Double(result.training.samples) / Double(result.training.steps))),
      ("allReduceBytes", .integer(result.allReduceBytes)), ("peakFlopsPerSecond", .number(result.peak)),
      (
        "evaluation",
        .object([
          ("samples", .integer(result.evaluation.samples)),
          ("samplesPerSecond", .number(result.evaluation.samplesPerSecond)),
        ])
      ),
      (
        "recorder",
        .object([
          ("samplesPerSecond", .number(result.watched.samplesPerSecond)), ("cost", .number(result.recorderCost)),
        ])
      ),
      (
        "shares",
        .object(BenchmarkShares.Kind.allCases.map { ($0.rawValue, .number(BenchmarkShares(result.split)[$0])) })
      ),
      ("split", split(result)),
    ])
  }

  private func split(_ result: ThreadResult) -> JSONValue {
    let split = result.split
    return .object([
      ("stepSeconds", .number(split.step)), ("samplesPerStep", .number(split.samples)),
      ("totalSeconds", .number(split.total)), ("overheadSeconds", .number(split.overhead)),
      ("layers", .array(zip(layers, split.layers).map { layer($0, $1, in: result) })),
      ("loss", part(split.loss, in: result)), ("data", part(split.data, in: result)),
      ("restOfShards", part(split.shards, in: result)), ("reduceAndUpdate", part(split.reduce, in: result)),
      ("waiting", part(split.waiting, in: result)),
      ("betweenPhases", part(split.overhead * Double(split.workers), in: result)),
    ])
  }

  private func layer(_ layer: BenchmarkLayer, _ time: TimeSplit.Layer, in result: ThreadResult) -> JSONValue {
    .object([
      ("names", .array(layer.names.map { .string($0) })),
      ("forward", pass(time.forward, flops: layer.forwardFlops, in: result)),
      ("backward", pass(time.backward + time.weights, flops: layer.backwardFlops, in: result)),
      ("weightsInReducePhase", part(time.weights, in: result)),
      ("prepare", part(time.prepare, in: result)),
    ])
  }

  private func part(_ seconds: Double, in result: ThreadResult) -> JSONValue {
    .object(members(seconds, in: result))
  }

  private func pass(_ seconds: Double, flops: Int, in result: ThreadResult) -> JSONValue {
    var members = members(seconds, in: result) + [("flopsPerSample", .integer(flops))]
    if flops > 0, seconds > 0 {
      let rate = Double(flops) * result.split.samples / seconds
      members += [("flopsPerSecond", .number(rate)), ("ofPeak", .number(rate / result.peakOfOne))]
    }
    return .object(members)
  }

  private func members(_ seconds: Double, in result: ThreadResult) -> [(key: String, value: JSONValue)] {
    [("seconds", .number(seconds)), ("share", .number(seconds / result.split.total))]
  }
}
