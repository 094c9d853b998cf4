import Training

/// The line about a finished epoch.
package enum EpochLine {
  /// `epoch  3/12  loss 0.0612  accuracy 98.12 %  test loss 0.0401  test accuracy 98.71 %  18,200 samples/s  3.3 s`
  ///
  /// - Parameters:
  ///   - seconds: time the epoch took, with its evaluation.
  ///   - width: columns to fit in, as far as leaving out rate and time allows; nil for no limit.
  package static func text(_ report: EpochReport, epochs: Int, seconds: Double, width: Int? = nil) -> String {
    let rate = NumberText.rate(report.samplesPerSecond) + " samples/s"
    let time = NumberText.duration(seconds)
    let candidates = [
      metrics(report, epochs, short: false) + [rate, time],
      metrics(report, epochs, short: true) + [rate, time],
      metrics(report, epochs, short: true) + [time],
      metrics(report, epochs, short: true),
    ].map { $0.joined(separator: "  ") }
    return candidates.first { $0.count <= width ?? .max } ?? candidates[candidates.count - 1]
  }

  private static func metrics(_ report: EpochReport, _ epochs: Int, short: Bool) -> [String] {
    let epoch = "epoch \(String(report.epoch).leftPadded(to: String(epochs).count))/\(epochs)"
    let training = report.training.values.map { MetricText.labelled($0.name, $0.value, short: short) }
    let evaluation = report.evaluation.values.map { metric in
      "\(report.evaluatedOn) \(MetricText.labelled(metric.name, metric.value, short: short))"
    }
    let skipped = report.skippedSteps > 0 ? ["\(NumberText.grouped(report.skippedSteps)) skipped"] : []
    return [epoch] + training + evaluation + skipped
  }
}
