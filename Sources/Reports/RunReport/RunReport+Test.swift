extension RunReport {
  /// The confusion matrix of the test set, and the scores of its classes.
  var confusion: Markup {
    guard let test = test.content else {
      return Page.leftOut("the confusion matrix", because: test.reason ?? "")
    }
    let map = HeatMap("Confusion matrix", classes: test.scores.classes, counts: test.scores.confusion)
    return """
      <p>\(RunText.count(test.samples, "sample")) of the test set (\(test.source)), as the newest good checkpoint reads them. \
      \(map.description)</p>
      <div class="charts">
      \(matrix(map))\(classes(test.scores))</div>

      """
  }

  private func matrix(_ map: HeatMap) -> Markup {
    guard map.classes.count <= HeatMap.mostClasses else { return map.missesTable(rows: 50).html }
    return Page.figure(map.svg(id: "confusion-map"), title: map.title, table: map.table)
  }

  /// Precision, recall and F1 of each class.
  private func classes(_ scores: ClassificationReport) -> Markup {
    func cells(_ name: String, _ scores: ClassificationReport.Scores) -> [String] {
      [name] + [scores.precision, scores.recall, scores.f1].map { NumberText.percent($0) }
        + [NumberText.grouped(scores.support)]
    }
    var table = HTMLTable(
      "Class by class",
      [.text("class"), .number("precision"), .number("recall"), .number("F1"), .number("samples")])
    for (name, scores) in zip(scores.classes, scores.perClass) { table.append(cells(name, scores)) }
    table.append(cells("mean", scores.macro), isTotal: true)
    table.append(cells("weighted", scores.weighted), isTotal: true)
    return """
      <div id="classes">
      \(table.html)<p class="soft">Precision: of those taken for the class, how many are of it. Recall: of those of the class, how many \
      are found. F1: the harmonic mean of both.</p>
      </div>

      """
  }

  /// Pictures of what the network is surest of and wrong about.
  var mistakes: Markup {
    guard let test = test.content else {
      return Page.leftOut("the mistakes", because: test.reason ?? "")
    }
    if test.mistakeCount == 0 { return "<p>There are none: every test sample is read right.</p>\n" }
    guard !test.mistakes.isEmpty else { return Page.leftOut("the mistakes", because: "the samples are no pictures") }
    let tiles = test.mistakes.map { picture -> Markup in
      let mistake = picture.mistake
      let (label, prediction) = (test.scores.classes[mistake.label], test.scores.classes[mistake.prediction])
      let probability = NumberText.percent(Double(mistake.confidence))
      let right = NumberText.percent(Double(mistake.labelConfidence))
      return """
        <li><img src="\(DataURI.png(picture.png))" width="\(picture.width)" height="\(picture.height)" \
        alt="Test sample \(mistake.index)"/><b>\(label) → \(prediction)</b><br/>\(prediction): \(probability)<br/>\
        \(label): \(right)<br/><span class="soft">no. \(mistake.index)</span></li>

        """
    }
    let shown =
      test.mistakes.count < test.mistakeCount
      ? "The \(test.mistakes.count) of \(RunText.count(test.mistakeCount, "mistake"))"
      : RunText.count(test.mistakeCount, "mistake") + ","
    return """
      <p>\(shown) that the network was surest of, each with what it is → what it was taken for, the probabilities \
      (softmax) of both, and its number in the test set, counted from 0.</p>
      <ul class="mistakes">
      \(tiles)</ul>

      """
  }

  /// Pictures of the first layer's weights.
  var filterTiles: Markup {
    guard let filters = filters.content else {
      return Page.leftOut("the filters", because: self.filters.reason ?? "")
    }
    let colors: String =
      switch filters.coloring {
      case .signed: "Blue weights are below zero, orange ones above"
      case .colors: "The three channels are red, green and blue; grey is zero"
      case .mean(let channels): "The mean over \(channels) channels: blue is below zero, orange above"
      }
    let images = filters.pictures.map { picture -> Markup in
      """
      <img src="\(DataURI.png(picture))" width="\(filters.width)" height="\(filters.height)" alt=""/>
      """
    }
    let size: Markup = max(filters.width, filters.height) > 12 ? " large" : ""
    return """
      <div class="tiles\(size)" role="img" aria-label="Pictures of \(filters.description)">
      \(images)
      </div>
      <p class="soft">\(filters.description.prefix(1).uppercased() + String(filters.description.dropFirst())). \(colors); the strongest \
      weight of each has the full colour.</p>

      """
  }
}
