extension ClassificationReport {
  /// The table that scikit-learn's `classification_report(…, digits=4)` prints, character for character, but for names that take more or
  /// fewer columns than characters: here their numbers stand below each other too.
  public var text: String {
    let width = (classes + ["weighted avg"]).map(DisplayWidth.of).max() ?? 0
    var lines = [row("", ["precision", "recall", "f1-score", "support"], width), ""]
    lines += zip(classes, perClass).map { row($0, cells($1), width) }
    lines += [
      "",
      row("accuracy", ["", "", decimal(accuracy), "\(samples)"], width),
      row("macro avg", cells(macro), width),
      row("weighted avg", cells(weighted), width),
    ]
    return lines.map { $0 + "\n" }.joined()
  }

  /// The confusion matrix: a row for each true class, a column for each predicted one.
  ///
  /// - Parameter width: columns of the terminal: where the matrix has no room, the most frequent confusions are listed. Nil for no limit.
  public func confusionText(width: Int? = nil) -> String {
    let texts = [2, 1].map(matrix)
    guard let width else { return texts[0] }
    return texts.first { $0.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= width } }
      ?? mostFrequentConfusions
  }

  private var mostFrequentConfusions: String {
    let wrong = classes.indices.flatMap { truth in
      classes.indices.filter { $0 != truth && confusion[truth][$0] > 0 }.map { (truth, $0, confusion[truth][$0]) }
    }
    let listed = wrong.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }.prefix(10)
    var table = TextTable([.text("true"), .text("predicted"), .number("samples")])
    for (truth, predicted, samples) in listed {
      table.append([classes[truth], classes[predicted], NumberText.grouped(samples)])
    }
    let others = wrong.count - listed.count
    return table.description + (others > 0 ? "and \(RunText.count(others, "confusion")) more\n" : "")
  }

  private func matrix(gap: Int) -> String {
    let gap = String(repeating: " ", count: gap)
    let cells = confusion.map { $0.map { "\($0)" } }
    let width = (cells.joined() + classes).map(DisplayWidth.of).max() ?? 0
    let corner = "true \\ predicted"
    let names = max(corner.count, classes.map(DisplayWidth.of).max() ?? 0)
    let header = corner.leftPadded(to: names) + classes.map { gap + $0.leftPadded(to: width) }.joined()
    let rows = zip(classes, cells).map { name, cells in
      name.leftPadded(to: names) + cells.map { gap + $0.leftPadded(to: width) }.joined()
    }
    return ([header] + rows).map { $0 + "\n" }.joined()
  }

  private func cells(_ scores: Scores) -> [String] {
    [decimal(scores.precision), decimal(scores.recall), decimal(scores.f1), "\(scores.support)"]
  }

  private func row(_ name: String, _ cells: [String], _ width: Int) -> String {
    return name.leftPadded(to: width) + " " + cells.map { " " + $0.leftPadded(to: 9) }.joined()
  }

  private func decimal(_ value: Double) -> String { NumberText.fixed(value, decimals: 4) }
}
