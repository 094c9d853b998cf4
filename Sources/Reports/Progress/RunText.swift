import Training

/// Sentences about a run.
package enum RunText {
  /// What is about to be trained, and from where on.
  package static func start(_ start: RunStart) -> String {
    let facts = [
      count(start.parameters, "parameter"), count(start.samples, "sample"),
      "\(count(start.epochs, "epoch")) of \(count(start.stepsPerEpoch, "step"))", count(start.threads, "thread"),
      start.instructionSet,
    ]
    let first = "\(start.name): \(facts.joined(separator: ", "))\n"
    guard start.firstStep > 0 else { return first }
    return first
      + "continuing after step \(NumberText.grouped(start.firstStep)) of \(NumberText.grouped(start.totalSteps))\n"
  }

  /// `1 step`, `5,628 steps`.
  package static func count(_ value: Int, _ noun: String) -> String {
    "\(NumberText.grouped(value)) \(noun)\(value == 1 ? "" : "s")"
  }
}
