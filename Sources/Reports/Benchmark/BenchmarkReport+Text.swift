import Training

extension BenchmarkReport {
  /// Tables as people read them: a line for each number of threads, then where the time of a step goes for each.
  ///
  /// - Parameter width: columns of the terminal; what has no room is left out. Nil for all there is.
  public func text(width: Int? = nil) -> String {
    let details = results.map { "\n" + heading($0) + narrowest(detailTables($0), width: width) }
    return "\(introduction)\n\(scaling(width: width))\n\(machineTable)\n\(notes)\(details.joined())"
  }

  private var introduction: String {
    let grouped = NumberText.grouped
    return """
      \(name): batch \(grouped(batchSize)) in \(RunText.count(shards, "shard")), \(grouped(parameters)) parameters
      \(machine.processor), \(RunText.count(machine.processors, "processor")), \(machine.instructionSet) kernels
      median of \(grouped(rounds)) turns of \(RunText.count(stepsPerTurn, "step"))

      """
  }

  private var notes: String {
    let grouped = NumberText.grouped
    var lines = [
      "all-reduce: \(NumberText.bytes(results[0].allReduceBytes)) of gradients a step",
      "shares: of the workers' time, with a recorder on; idle is waiting in phases and between them",
      "evaluation: \(RunText.count(results[0].evaluation.samples, "image"))",
    ]
    if results.count > 1 {
      lines.append(
        hasSameBits
          ? "bits: all \(grouped(results.count)) trainings have the same parameters"
          : "bits: THE TRAININGS DIFFER, which must not be; please report it")
    }
    lines.append("GFLOP/s: the layer's multiply-adds counted densely, so a kernel that skips zeros may pass the peak")
    if let disturbance { lines.append(disturbance) }
    return lines.map { $0 + "\n" }.joined()
  }

  /// More than this of the processors' time in other hands makes a measurement worth little.
  private static let largestShareOfOthers = 0.05

  /// What to think of a measurement on a machine that was busy; nil where it was not.
  private var disturbance: String? {
    guard let shareOfOthers, shareOfOthers > Self.largestShareOfOthers else { return nil }
    return "disturbed: other work took \(percent(shareOfOthers)) of the processors' time meanwhile; "
      + "rates are too low, and shares of the peak are worth nothing"
  }

  // MARK: One line for each number of threads

  /// Throughput and what it is spent on: in one table, or in two where the terminal is narrow.
  private func scaling(width: Int?) -> String {
    let whole = scalingTable(shares: true).description
    guard let width, whole.split(separator: "\n").contains(where: { $0.count > width }) else { return whole }
    return scalingTable(shares: false).description + "\n" + sharesTable.description
  }

  private func scalingTable(shares: Bool) -> TextTable {
    let columns: [TextTable.Column] = [
      .number("threads"), .number("samples/s"), .number("speed-up"), .number("efficiency"), .number("ms/step"),
    ]
    var table = TextTable(columns + (shares ? shareColumns : []))
    for result in results {
      let cells = [
        "\(result.threads)", NumberText.rate(result.training.samplesPerSecond),
        NumberText.fixed(speedUp(result), decimals: 2), percent(efficiency(result)),
        NumberText.fixed(result.training.stepSeconds * 1e3, decimals: 3),
      ]
      table.append(cells + (shares ? shareCells(result) : []))
    }
    return table
  }

  private var sharesTable: TextTable {
    var table = TextTable([.number("threads")] + shareColumns)
    for result in results { table.append(["\(result.threads)"] + shareCells(result)) }
    return table
  }

  private var shareColumns: [TextTable.Column] { BenchmarkShares.Kind.allCases.map { .number($0.rawValue) } }

  private func shareCells(_ result: ThreadResult) -> [String] {
    let shares = BenchmarkShares(result.split)
    return BenchmarkShares.Kind.allCases.map { percent(shares[$0]) }
  }

  /// What is measured beside training, and what measuring costs.
  private var machineTable: TextTable {
    var table = TextTable([
      .number("threads"), .number("evaluated/s"), .number("overhead µs"), .number("peak GFLOP/s"), .number("recorder"),
    ])
    for result in results {
      table.append([
        "\(result.threads)", NumberText.rate(result.evaluation.samplesPerSecond),
        NumberText.fixed(result.split.overhead * 1e6, decimals: 1), NumberText.fixed(result.peak * 1e-9, decimals: 0),
        percent(result.recorderCost),
      ])
    }
    return table
  }

  // MARK: Where the time of a step goes

  private func heading(_ result: ThreadResult) -> String {
    RunText.count(result.threads, "thread") + ": where the time of all workers goes, µs a sample\n"
  }

  /// The columns that a narrow terminal has no room for are the last of these.
  private enum Column: CaseIterable {
    case part, time, share, forward, forwardShare, backward, backwardShare, forwardRate, backwardRate

    static let sets: [[Column]] = [
      [.part, .time, .share, .forward, .forwardRate, .forwardShare, .backward, .backwardRate, .backwardShare],
      [.part, .time, .share, .forward, .forwardShare, .backward, .backwardShare],
      [.part, .time, .share, .forward, .backward],
      [.part, .time, .share],
    ]

    var column: TextTable.Column {
      switch self {
      case .part: .text("part")
      case .time: .number("time")
      case .share: .number("share")
      case .forward: .number("forward")
      case .backward: .number("backward")
      case .forwardRate, .backwardRate: .number("GFLOP/s")
      case .forwardShare, .backwardShare: .number("of peak")
      }
    }
  }

  private func detailTables(_ result: ThreadResult) -> [TextTable] {
    Column.sets.map { set in
      var table = TextTable(set.map(\.column))
      for part in parts(result) where part.isShown {
        table.append(set.map { cell($0, of: part, in: result) })
      }
      table.appendTotal(
        set.map { cell($0, of: BenchmarkPart(name: "total", seconds: result.split.total), in: result) })
      return table
    }
  }

  private func cell(_ column: Column, of part: BenchmarkPart, in result: ThreadResult) -> String {
    switch column {
    case .part: part.name
    case .time: time(part.seconds, in: result)
    case .share: percent(part.seconds / result.split.total)
    case .forward: part.forward.map { time($0.seconds, in: result) } ?? ""
    case .backward: part.backward.map { time($0.seconds, in: result) } ?? ""
    case .forwardRate: part.forward?.rate.map { NumberText.fixed($0 * 1e-9, decimals: 1) } ?? ""
    case .backwardRate: part.backward?.rate.map { NumberText.fixed($0 * 1e-9, decimals: 1) } ?? ""
    case .forwardShare: part.forward?.rate.map { percent($0 / result.peakOfOne) } ?? ""
    case .backwardShare: part.backward?.rate.map { percent($0 / result.peakOfOne) } ?? ""
    }
  }

  private func time(_ seconds: Double, in result: ThreadResult) -> String {
    NumberText.fixed(seconds / result.split.samples * 1e6, decimals: 2)
  }

  private func percent(_ share: Double) -> String { NumberText.fixed(share * 100, decimals: 1) + " %" }

  /// The first table that has room, or else the last one.
  private func narrowest(_ tables: [TextTable], width: Int?) -> String {
    let texts = tables.map(\.description)
    guard let width, let last = texts.last else { return texts[0] }
    return texts.first { $0.split(separator: "\n").allSatisfy { $0.count <= width } } ?? last
  }
}
