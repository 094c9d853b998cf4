import Training

/// Sentences about a run.
package enum RunText {
  /// What is about to be trained, and from where on.
  ///
  /// - Parameter width: columns after which the facts go on in the next line; nil for no limit.
  package static func start(_ start: RunStart, width: Int? = nil, unicode: Bool = true) -> String {
    let facts = [
      count(start.parameters, "parameter"), count(start.samples, "sample"),
      "\(count(start.epochs, "epoch")) of \(count(start.stepsPerEpoch, "step"))", count(start.threads, "thread"),
      start.instructionSet,
    ]
    let width = width ?? .max
    let name = width == .max ? start.name : DisplayWidth.shortened(start.name, columns: width - 1, unicode: unicode)
    var lines = ["\(name):"]
    for (index, fact) in facts.enumerated() {
      let text = " " + fact + (index < facts.count - 1 ? "," : "")
      if DisplayWidth.of(lines[lines.count - 1]) + text.count <= width {
        lines[lines.count - 1] += text
      } else {
        lines.append(" " + text)
      }
    }
    if start.firstStep > 0 {
      lines.append(
        "continuing after step \(NumberText.grouped(start.firstStep)) of \(NumberText.grouped(start.totalSteps))")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// `1 step`, `5,628 steps`.
  package static func count(_ value: Int, _ noun: String) -> String {
    "\(NumberText.grouped(value)) \(noun)\(value == 1 ? "" : "s")"
  }
}
