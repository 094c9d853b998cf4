import Reports
import Testing
import Training

@Suite("The line of an epoch")
struct EpochLineTests {
  @Test(
    "gives up the least important first",
    arguments: [
      (
        nil,
        """
        epoch  3/12  loss 0.0612  accuracy 98.12 %  test loss 0.0401  test accuracy 98.71 %  18,200 samples/s  3.3 s \
        (evaluation 0.8 s, saving 0.5 s)
        """
      ),
      (
        110,
        """
        epoch  3/12  loss 0.0612  accuracy 98.12 %  test loss 0.0401  test accuracy 98.71 %  18,200 samples/s  3.3 s
        """
      ),
      (100, "epoch  3/12  loss 0.0612  acc 98.12 %  test loss 0.0401  test acc 98.71 %  18,200 samples/s  3.3 s"),
      (80, "epoch  3/12  loss 0.0612  acc 98.12 %  test loss 0.0401  test acc 98.71 %  3.3 s"),
      (79, "epoch  3/12  loss 0.0612  acc 98.12 %  test loss 0.0401  test acc 98.71 %"),
      (60, "epoch  3/12  loss 0.0612  98.12 %  test loss 0.0401  98.71 %"),
      (40, " 3/12  0.0612  test 0.0401  98.71 %"),
      (30, " 3/12  test 0.0401  98.71 %"),
    ] as [(Int?, String)])
  func shortens(width: Int?, text: String) {
    let line = EpochLine(
      Sample.epoch(3, seconds: 10), epochs: 12, seconds: 3.3, pauses: Pauses(evaluation: 0.8, saving: 0.5))
    #expect(line.text(width: width) == text)
  }

  @Test("fits every width, with many metrics and large numbers", arguments: [0, 1, 7, 20, 40, 60, 80, 132, 200])
  func fits(width: Int) {
    let report = EpochReport(
      epoch: 999_999, step: 1, training: MetricValues([("loss", 1e300), ("accuracy", 1), ("top5Accuracy", 1)]),
      evaluatedOn: "validation", evaluation: MetricValues([("loss", .nan), ("accuracy", 0.1), ("top5Accuracy", 0.2)]),
      samplesPerSecond: 1e9, seconds: 1e6, skippedSteps: 1_000_000)
    for isBest in [false, true] {
      let line = EpochLine(
        report, epochs: 1_000_000, seconds: 1e6, pauses: Pauses(evaluation: 1e5, saving: 1e5), isBest: isBest)
      #expect(line.text(width: width).count <= width)
    }
  }

  @Test("numbers stand below each other from epoch to epoch")
  func aligned() {
    var widths = EpochLine.Widths()
    let reports = [(0.0981, 97_123.0), (1, 142_757)].map { accuracy, rate in
      EpochReport(
        epoch: 1, step: 1, training: MetricValues([("loss", 0.5), ("accuracy", accuracy)]), evaluatedOn: "test",
        evaluation: MetricValues([("loss", 12.5), ("accuracy", accuracy)]), samplesPerSecond: rate, seconds: 9)
    }
    for report in reports { widths.widen(to: report, seconds: 11.2) }
    let lines = reports.map { EpochLine($0, epochs: 2, seconds: 1.5, widths: widths).text() }
    #expect(
      lines == [
        "epoch 1/2  loss 0.5000  accuracy   9.81 %  test loss 12.5000  test accuracy   9.81 %   97,123 samples/s   1.5 s",
        "epoch 1/2  loss 0.5000  accuracy 100.00 %  test loss 12.5000  test accuracy 100.00 %  142,757 samples/s   1.5 s",
      ])
  }

  @Test("the best evaluation is green, one that is not finite red, and skipped steps yellow")
  func colors() {
    var report = Sample.epoch(3, seconds: 10)
    #expect(
      EpochLine(report, epochs: 12, seconds: 1, isBest: true).text(color: true).contains("\u{1B}[32m0.0401\u{1B}[0m"))
    #expect(!EpochLine(report, epochs: 12, seconds: 1).text(color: true).contains("\u{1B}[32m"))
    (report.evaluation, report.skippedSteps) = (MetricValues([("loss", .nan)]), 2)
    let text = EpochLine(report, epochs: 12, seconds: 1).text(color: true)
    #expect(text.contains("\u{1B}[31mnan\u{1B}[0m") && text.contains("\u{1B}[33m2 skipped\u{1B}[0m"))
  }
}
