extension ClassificationReport {
  /// The table that scikit-learn's `classification_report(…, digits=4)` prints, character for character.
  public var text: String {
    let width = (classes + ["weighted avg"]).map(\.unicodeScalars.count).max() ?? 0
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
  public var confusionText: String {
    let cells = confusion.map { $0.map { "\($0)" } }
    let width = (cells.joined() + classes).map(\.count).max() ?? 0
    let corner = "true \\ predicted"
    let names = max(corner.count, classes.map(\.count).max() ?? 0)
    let header = corner.leftPadded(to: names) + classes.map { "  " + $0.leftPadded(to: width) }.joined()
    let rows = zip(classes, cells).map { name, cells in
      name.leftPadded(to: names) + cells.map { "  " + $0.leftPadded(to: width) }.joined()
    }
    return ([header] + rows).map { $0 + "\n" }.joined()
  }

  private func cells(_ scores: Scores) -> [String] {
    [decimal(scores.precision), decimal(scores.recall), decimal(scores.f1), "\(scores.support)"]
  }

  private func row(_ name: String, _ cells: [String], _ width: Int) -> String {
    // Python counts scalars, not graphemes.
    let blanks = String(repeating: " ", count: width - name.unicodeScalars.count)
    return blanks + name + " " + cells.map { " " + $0.leftPadded(to: 9) }.joined()
  }

  private func decimal(_ value: Double) -> String { NumberText.fixed(value, decimals: 4) }
}
