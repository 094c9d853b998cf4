import Tensors
import Training

extension RunReport {
  /// The report as one HTML document that needs nothing else: no network, no script, no other file.
  public var html: String {
    let sections: [Page.Section?] = [
      Page.Section(id: "figures", title: "Headline figures", short: "Figures", content: headline),
      Page.Section(id: "curves", title: "Learning curves", short: "Curves", content: curves),
      Page.Section(id: "confusion", title: "What is taken for what", short: "Confusion", content: confusion),
      Page.Section(id: "mistakes", title: "The surest mistakes", short: "Mistakes", content: mistakes),
      Page.Section(id: "filters", title: "What the first layer looks for", short: "First layer", content: filterTiles),
      Page.Section(id: "time", title: "Where the time went", short: "Time", content: time),
      Page.Section(id: "network", title: "The network", short: "Network", content: layers),
      Page.Section(id: "config", title: "The config", short: "Config", content: config),
      Page.Section(id: "files", title: "Files of the run", short: "Files", content: inventory),
      Page.Section(id: "reproduce", title: "How to reproduce it", short: "Reproduce", content: reproduction),
    ]
    return Page(
      title: "\(figures.name) · Lockstep report", header: header, sections: sections.compactMap { $0 }, footer: footer
    ).html.text
  }

  private var header: Markup {
    let isDone = figures.status == .finished || figures.status == .stoppedEarly
    let state: Markup = "<p class=\"status\(isDone ? "" : " open")\">\(statusText)</p>"
    let notes = run.skipped.map { "passed over: \($0)" } + run.problems
    let warnings = notes.map { note -> Markup in "<p class=\"warning\">\(note)</p>\n" }
    return """
      <p class="kicker">Lockstep report</p>
      <h1>\(figures.name)</h1>
      \(state)
      <p class="lead">\(summary)</p>
      \(warnings)
      """
  }

  private var statusText: String {
    let planned = figures.plannedSteps.map { " of \(NumberText.grouped($0))" } ?? ""
    switch (figures.status, run.checkpoint?.run.step) {
    case (.finished, _): return "finished"
    case (let status, nil):
      let state =
        switch status {
        case .withoutCheckpoint: "ended before its first checkpoint"
        case .training: "training, no checkpoint yet"
        default: "no good checkpoint"
        }
      return figures.step > 0 ? "\(state); logged up to step \(NumberText.grouped(figures.step))" : state
    case (let status, .some(let step)):
      return "\(status.text), the newest good checkpoint is at step \(NumberText.grouped(step))\(planned)"
    }
  }

  private var summary: String {
    var text = figures.parameters.map { "A network of \(RunText.count($0, "parameter"))" } ?? "A network"
    let epochs = figures.plannedEpochs.map { "\(figures.epochs) of \(RunText.count($0, "epoch"))" }
    text += ", trained for \(epochs ?? RunText.count(figures.epochs, "epoch"))."
    if let test = test.content {
      let right = test.samples - test.mistakeCount
      text +=
        " Its newest good checkpoint gets \(NumberText.grouped(right)) of \(RunText.count(test.samples, "test sample")) right."
    }
    return text
  }

  private var footer: Markup {
    """
    <p>Made by lockstep \(version) from <code>\(run.path)</code>\(madeAt.isEmpty ? "" : ", \(madeAt)"). The page needs no network and no other \
    file, and runs no script.</p>

    """
  }

  // MARK: Figures

  private var headline: Markup {
    var pairs: [(name: String, value: String, note: String?)] = []
    func add(_ name: String, _ value: String?, _ note: String? = nil) {
      if let value { pairs.append((name, value, note)) }
    }
    if let test = test.content {
      let right = "\(NumberText.grouped(test.samples - test.mistakeCount)) of \(NumberText.grouped(test.samples))"
      add("Accuracy", NumberText.percent(test.scores.accuracy), "\(right) test samples")
      for metric in test.metrics.values where metric.name != "accuracy" {
        add(metric.name == "loss" ? "Loss" : metric.name, MetricText.text(metric.name, metric.value), "test set")
      }
    } else if let last = figures.last {
      let on = last.evaluatedOn ?? "evaluation"
      add("Accuracy", last.evaluationAccuracy.map(NumberText.percent), "\(on), epoch \(last.epoch), from the log")
      add("Loss", last.evaluationLoss.map(NumberText.loss), "\(on), epoch \(last.epoch), from the log")
    }
    if let best = figures.best {
      let loss = best.evaluationLoss.map { "\(best.evaluatedOn ?? "evaluation") loss \(NumberText.loss($0))" }
      add("Best epoch", NumberText.grouped(best.epoch), loss)
    }
    add("Time", figures.seconds.map(NumberText.duration), sessionsNote)
    add(
      "Samples/s", figures.samplesPerSecond.map(NumberText.rate),
      figures.epochs > 0 ? "median of the epochs" : "median of the logged steps")
    add("Parameters", figures.parameters.map(NumberText.grouped))
    add("Threads", figures.threadsText ?? (figures.last == nil ? nil : "not logged"))
    add("Instruction set", figures.instructionSet)
    add("Seed", figures.seed.map { "\($0)" })
    add("Trained by", figures.producer)
    let omission = test.reason.map { Page.leftOut("loss and accuracy of the checkpoint", because: $0) }
    return "\(Page.figures(pairs))\(omission)"
  }

  private var sessionsNote: String? {
    figures.resumes > 0 ? "in \(figures.resumes + 1) sessions" : "with evaluations and saves"
  }

  // MARK: Network, config, files

  private var layers: Markup {
    guard let network = network.content else {
      return Page.leftOut("the layers", because: network.reason ?? "")
    }
    var table = HTMLTable(
      "Layers, in order",
      [.text("layer"), .text("type"), .text("output shape"), .number("parameters"), .number("FLOPs a sample")])
    for row in NetworkSummary.rows(network) { table.append(row) }
    table.append(NetworkSummary.total(network), isTotal: true)
    return table.html
  }

  private var config: Markup {
    guard let config = run.config else { return Page.leftOut("the config", because: "it cannot be read; see above") }
    return """
      <p class="soft">With all defaults filled in, as the run saved it.</p>
      <pre tabindex="0" role="group" aria-label="Config"><code>\(config.resolvedText)</code></pre>

      """
  }

  private var inventory: Markup {
    var table = HTMLTable(
      "Every file, and what \u{201C}lockstep inspect --verify\u{201D} says of it",
      [.text("file"), .text("verdict"), .text("what")])
    for file in files {
      table.append(markup: [
        "<code>\(file.name)</code>", "<span class=\"\(file.verdict.rawValue)\">\(file.verdict.rawValue)</span>",
        "\(file.note)",
      ])
    }
    return table.html
  }

  private var reproduction: Markup {
    guard let digest, let config = run.config, let set = figures.instructionSet else {
      return Page.leftOut("the commands", because: "there is no checkpoint whose digest could be compared")
    }
    let source = ShellText.quoted(run.path + "/config.json")
    // The name comes from a file, and is for a shell: only one that the program knows goes there.
    let kernels = InstructionSet(rawValue: set).map { "LOCKSTEP_ISA=\($0.rawValue) " } ?? ""
    let commands = """
      \(kernels)lockstep train \(source) --run Checkpoints/again
      lockstep inspect Checkpoints/again --digest
      """
    let state =
      figures.status == .finished || figures.status == .stoppedEarly
      ? "The second command then prints the digest of this run's newest checkpoint:"
      : "This run is not at its end. This is the digest after \(RunText.count(run.checkpoint?.run.step ?? 0, "step")); the two agree where both stand there:"
    return """
      <p>The weights depend on config, data and seed, not on the number of threads, nor on where a run was stopped and resumed. With the \
      same program (\(figures.producer ?? "unknown")) and the same kernels (\(set)):</p>
      <pre tabindex="0" role="group" aria-label="Commands"><code>\(commands)</code></pre>
      <p>\(state)</p>
      <pre tabindex="0" role="group" aria-label="Digest"><code>\(digest)</code></pre>
      <p class="soft">Seed \(config.seed.description). SHA-256 of the training data: <code>\(dataFingerprint ?? "unknown")</code>. A run that began \
      with imported weights, or whose number of epochs was changed on its way, has these bits only where the same is done again.</p>

      """
  }
}

extension RunReport.Part {
  /// Why it is not shown; nil where it is.
  var reason: String? { if case .leftOut(let reason) = self { reason } else { nil } }
}
