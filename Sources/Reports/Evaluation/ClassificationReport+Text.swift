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
  /// - Parameter width: columns of the terminal: where the matrix has no room, its columns have the classes' numbers for names, or else the
  ///   most frequent confusions are listed. Nil for no limit.
  public func confusionText(width: Int? = nil) -> String {
    let numbers = classes.indices.map(String.init)
    let rows = zip(numbers, classes).map { "\($0) \($1)" }
    let texts =
      [2, 1].map { matrix(gap: $0, rows: classes, columns: classes) }
      + [2, 1].map { matrix(gap: $0, rows: rows, columns: numbers) }
    guard let width else { return texts[0] }
    return texts.first { $0.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= width } }
      ?? mostFrequentConfusions
  }

  private var mostFrequentConfusions: String {
    let wrong = Confusion.mostFrequentFirst(in: confusion)
    let listed = wrong.prefix(10)
    var table = TextTable([.text("true"), .text("predicted"), .number("samples")])
    for one in listed {
      table.append([classes[one.truth], classes[one.prediction], NumberText.grouped(one.count)])
    }
    let others = wrong.count - listed.count
    return table.description + (others > 0 ? "and \(RunText.count(others, "confusion")) more\n" : "")
  }

  private func matrix(gap: Int, rows names: [String], columns: [String]) -> String {
    let gap = String(repeating: " ", count: gap)
    let cells = confusion.map { $0.map { "\($0)" } }
    let width = (cells.joined() + columns).map(DisplayWidth.of).max() ?? 0
    let corner = "true \\ predicted"
    let nameWidth = max(corner.count, names.map(DisplayWidth.of).max() ?? 0)
    let header = corner.leftPadded(to: nameWidth) + columns.map { gap + $0.leftPadded(to: width) }.joined()
    let rows = zip(names, cells).map { name, cells in
      name.leftPadded(to: nameWidth) + cells.map { gap + $0.leftPadded(to: width) }.joined()
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
