import Training

extension RunReport {
  /// Where the time of the run went, and what a step is made of.
  var time: Markup {
    "<h3>The run</h3>\n\(runTime)<h3>A step, layer by layer</h3>\n\(stepTime)"
  }

  // MARK: From the log

  private var runTime: Markup {
    let history = run.history
    guard !history.sessions.isEmpty, history.seconds > 0 else {
      return Page.leftOut("the time of the run", because: "the log has no times")
    }
    let budget = TimeBudget(history, samplesOfEpoch: samplesOfEpoch)
    let parts = [
      ("training steps", budget.training), ("evaluating, saving, logging", budget.between),
      ("not told apart", budget.unknown),
    ].filter { $0.1 >= 0.05 }
    let bars = StackedBars(
      "Time of the run", axis: ChartAxis("seconds"), parts: parts.map(\.0), [StackedBars.Bar("run", parts.map(\.1))])
    return """
      <p>From the run's log: \(NumberText.duration(history.seconds)) on the clock. Training time is samples by samples/s of each \
      epoch; what an epoch takes beside it goes to its evaluation, to saves (which are written in the background) and to the log. \
      An epoch without both numbers, such as one that a resume continued, is not told apart.</p>
      \(Page.figure(narrow(bars.svg(id: "run-time")), title: bars.title, table: bars.table(rowTitle: "")))\
      \(history.sessions.count > 1 ? sessions : .none)
      """
  }

  private var samplesOfEpoch: Double? {
    if let trainingSamples { return Double(trainingSamples) }
    guard let steps = run.checkpoint?.run.stepsPerEpoch, steps > 0, let config = run.config else { return nil }
    // The last minibatch of an epoch may be shorter.
    return Double(steps) * Double(config.training.batchSize)
  }

  private var sessions: Markup {
    var table = HTMLTable(
      "Sessions: the processes that trained the run, one after the other",
      [.number("session"), .number("rows from step"), .number("to step"), .number("threads"), .number("time")])
    for (index, session) in run.history.sessions.enumerated() {
      table.append([
        "\(index + 1)", NumberText.grouped(session.previousStep + 1), NumberText.grouped(session.lastStep),
        session.threads.map { NumberText.grouped($0) } ?? "", NumberText.duration(session.seconds),
      ])
    }
    return table.html
  }

  /// As wide as its letters can be read well.
  private func narrow(_ chart: Markup) -> Markup { "<div class=\"narrow\">\n\(chart)</div>\n" }

  // MARK: From a profile

  private var stepTime: Markup {
    guard let profile = profile.content, let result = profile.results.first else {
      return Page.leftOut("the time of layers and phases", because: profile.reason ?? "nothing was measured")
    }
    let parts = profile.parts(result).filter(\.isShown)
    func microseconds(_ seconds: Double) -> Double { seconds / result.split.samples * 1e6 }
    let bars = StackedBars(
      "Time of a training step, all workers together", axis: ChartAxis("µs a sample"),
      parts: ["forward", "backward", "everything else"],
      parts.map { part in
        let passes = [part.forward?.seconds ?? 0, part.backward?.seconds ?? 0]
        return StackedBars.Bar(
          part.name, (passes + [part.forward == nil ? part.seconds : 0]).map(microseconds))
      })
    let machine = profile.machine
    let workers = RunText.count(result.threads, "thread")
    return """
      <p>Measured by <code>lockstep report</code> on the machine that made this page (\(machine.processor), \(workers), \
      \(machine.instructionSet) kernels), not during the run: the median of \(profile.rounds) turns of \
      \(RunText.count(profile.stepsPerTurn, "step")) of this config, from fresh weights, at \
      \(NumberText.rate(result.training.samplesPerSecond)) samples/s. <code>lockstep bench</code> measures longer and at other numbers \
      of threads.</p>
      \(Page.figure(narrow(bars.svg(id: "step-time")), title: bars.title, table: partTable(parts, result)))
      """
  }

  private func partTable(_ parts: [BenchmarkPart], _ result: ThreadResult) -> HTMLTable {
    func time(_ seconds: Double) -> String { NumberText.fixed(seconds / result.split.samples * 1e6, decimals: 2) }
    func rate(_ pass: BenchmarkPart.Pass?) -> String {
      pass?.rate.map { NumberText.fixed($0 * 1e-9, decimals: 1) } ?? ""
    }
    var table = HTMLTable(
      "Time of a training step, µs a sample, all workers together",
      [
        .text("part"), .number("time"), .number("share"), .number("forward"), .number("GFLOP/s"), .number("backward"),
        .number("GFLOP/s"),
      ])
    for part in parts {
      table.append([
        part.name, time(part.seconds), NumberText.percent(part.seconds / result.split.total),
        part.forward.map { time($0.seconds) } ?? "", rate(part.forward), part.backward.map { time($0.seconds) } ?? "",
        rate(part.backward),
      ])
    }
    table.append(["total", time(result.split.total), NumberText.percent(1), "", "", "", ""], isTotal: true)
    return table
  }
}

/// What the log says about the time of a run, in seconds.
package struct TimeBudget: Equatable {
  package private(set) var training = 0.0
  package private(set) var between = 0.0
  package private(set) var unknown = 0.0

  /// - Parameter samplesOfEpoch: samples that an epoch trains; nil where that is not known.
  package init(_ history: RunHistory, samplesOfEpoch: Double?) {
    var previous: RunHistory.Epoch?
    for epoch in history.epochs {
      defer { previous = epoch }
      guard let samplesOfEpoch, let seconds = epoch.seconds, let rate = epoch.samplesPerSecond, rate > 0,
        history.sessions.indices.contains(epoch.session)
      else { continue }
      let begin: Double
      if let previous, previous.session == epoch.session, let seconds = previous.seconds {
        begin = seconds
      } else if history.sessions[epoch.session].previousStep == previous?.step ?? 0 {
        // The session began with this epoch, or so few steps later that no row lies between.
        begin = 0
      } else {
        continue
      }
      let wall = max(0, seconds - begin)
      let training = min(samplesOfEpoch / rate, wall)
      self.training += training
      between += wall - training
    }
    unknown = max(0, history.seconds - training - between)
  }
}
