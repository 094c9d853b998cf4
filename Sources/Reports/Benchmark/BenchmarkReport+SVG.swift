import Training

extension BenchmarkReport {
  /// A drawing of its own: samples/s against threads with the ideal line, and beside it what the workers' time goes to.
  public var svg: String {
    let (curve, curveHeight) = throughput.drawing()
    let (bars, barsHeight) = shares.drawing()
    let gap = 24.0
    let grouped = NumberText.grouped
    let subtitle =
      "\(machine.processor), \(machine.instructionSet) kernels, batch \(grouped(batchSize)), "
      + "\(grouped(parameters)) parameters"
    let width = 2 * throughput.width + gap + 32
    let top = 62.0
    return ChartDrawing.svg(
      id: "bench", width: width, height: top + max(curveHeight, barsHeight) + 12,
      title: "Training throughput of \(name)", description: throughput.description + shares.description,
      standsAlone: true,
      """
      <text class="title" x="20" y="26">\(name): training throughput</text>
      <text class="tick" x="20" y="44">\(subtitle)</text>
      <g transform="translate(16 \(at: top))">
      \(curve)</g>
      <g transform="translate(\(at: 16 + throughput.width + gap) \(at: top))">
      \(bars)</g>
      """
    ).text
  }

  private var throughput: LineChart {
    let sorted = results.sorted { $0.threads < $1.threads }
    let measured = sorted.map { ChartPoint(Double($0.threads), $0.training.samplesPerSecond) }
    let slope = measured[0].y / measured[0].x
    return LineChart(
      "Samples a second", x: ChartAxis("threads", isWhole: true), y: ChartAxis("samples/s", includesZero: true),
      [
        LineChart.Series("measured", measured),
        LineChart.Series("ideal", measured.map { ChartPoint($0.x, slope * $0.x) }, isIdeal: true),
      ])
  }

  private var shares: StackedBars {
    StackedBars(
      "What the workers' time goes to", axis: ChartAxis("share of the workers' time", format: .percent),
      parts: BenchmarkShares.Kind.allCases.map(\.rawValue),
      results.map { result in
        let shares = BenchmarkShares(result.split)
        return StackedBars.Bar(
          RunText.count(result.threads, "thread"), BenchmarkShares.Kind.allCases.map { shares[$0] })
      })
  }
}
