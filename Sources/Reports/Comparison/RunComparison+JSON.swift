import Settings

extension RunComparison {
  /// The same for `--json`: `runs`, in the order that was asked for, and `differences` (`path`, `values`, one for each run). Keys without
  /// a value are left out; `seed` is a string, since it may exceed what JSON readers take as a number.
  public var json: JSONValue {
    .object([
      ("runs", .array(entries.map(json))),
      (
        "differences",
        .array(
          differences.map {
            .object([("path", .string($0.path)), ("values", .array($0.values.map { $0 ?? .null }))])
          })
      ),
      ("warnings", .array(warnings.map { .string($0) })),
    ])
  }

  private func json(_ entry: Entry) -> JSONValue {
    let figures = entry.figures
    var members: [(key: String, value: JSONValue)] = [
      ("path", .string(entry.run.path)), ("name", .string(figures.name)), ("status", .string(figures.status.text)),
      ("epochs", .integer(figures.epochs)), ("step", .integer(figures.step)),
    ]
    func add(_ key: String, _ value: JSONValue?) {
      if let value { members.append((key, value)) }
    }
    add("plannedEpochs", figures.plannedEpochs.map { .integer($0) })
    add("plannedSteps", figures.plannedSteps.map { .integer($0) })
    add("evaluatedOn", figures.last?.evaluatedOn.map { .string($0) })
    add("loss", figures.last?.evaluationLoss.map { .number($0) })
    add("accuracy", figures.last?.evaluationAccuracy.map { .number($0) })
    add("trainingLoss", figures.last?.loss.map { .number($0) })
    add("trainingAccuracy", figures.last?.accuracy.map { .number($0) })
    add("best", figures.best.map(best))
    add("seconds", figures.seconds.map { .number($0) })
    add("samplesPerSecond", figures.samplesPerSecond.map { .number($0) })
    add("resumes", figures.seconds.map { _ in .integer(figures.resumes) })
    add("threads", figures.threads.isEmpty ? nil : .array(figures.threads.map { .integer($0) }))
    add("parameters", figures.parameters.map { .integer($0) })
    add("seed", figures.seed.map { .string("\($0)") })
    add("instructionSet", figures.instructionSet.map { .string($0) })
    add("producer", figures.producer.map { .string($0) })
    return .object(members)
  }

  private func best(_ epoch: RunHistory.Epoch) -> JSONValue {
    let values: [(key: String, value: Double?)] = [
      ("loss", epoch.evaluationLoss), ("accuracy", epoch.evaluationAccuracy),
    ]
    return .object(
      [("epoch", .integer(epoch.epoch))]
        + values.compactMap { value in value.value.map { (key: value.key, value: JSONValue.number($0)) } })
  }
}
