import Networks
import Tensors
import Testing

@Suite("Metrics")
struct MetricTests {
  private let metrics: [any Metric] = [Accuracy(), TopKAccuracy(k: 3)]

  private func sums(_ losses: [Float], _ ranks: [Int32]) -> MetricSums {
    var sums = MetricSums(metricCount: metrics.count)
    add(losses, ranks, to: &sums)
    return sums
  }

  private func add(_ losses: [Float], _ ranks: [Int32], to sums: inout MetricSums) {
    let (losses, ranks) = (Storage(losses), Storage(ranks))
    withExtendedLifetime((losses, ranks)) { sums.add(losses: losses.view, ranks: ranks.view, metrics: metrics) }
  }

  @Test("values are means with the loss first")
  func values() {
    let sums = sums([1, 2, 4, 1], [0, 2, 3, 0])
    #expect(sums.samples == 4)
    #expect(sums.correct == 2)
    #expect(sums.meanLoss == 2)
    #expect(sums.accuracy == 0.5)
    let values = sums.values(metrics)
    #expect(values.map(\.name) == ["loss", "accuracy", "top3Accuracy"])
    #expect(values.map(\.value) == [2, 0.5, 0.75])
  }

  @Test("top-k is named after its k")
  func names() {
    #expect(TopKAccuracy().name == "top5Accuracy")
    #expect(TopKAccuracy(k: 2).name == "top2Accuracy")
  }

  @Test("top-k of as many outputs as there are says nothing, and is refused")
  func allOutputs() throws {
    try TopKAccuracy(k: 4).check(output: [5])
    let error = try #require(throws: ShapeError.self) { try TopKAccuracy(k: 5).check(output: [5]) }
    #expect(error.message == "the best 5 of 5 outputs always hold the label; use a smaller k")
    try Accuracy().check(output: [2])
  }

  @Test("sums do not depend on how samples are cut into batches")
  func batches() {
    var random = RandomStream(seed: 1, purpose: .test)
    let losses = (0..<1_000).map { _ in random.uniform(in: 0..<7) }
    let ranks = (0..<1_000).map { _ in Int32(random.integer(below: 10)) }
    let whole = sums(losses, ranks)
    for length in [1, 7, 128, 999] {
      var parts = MetricSums(metricCount: metrics.count)
      for start in stride(from: 0, to: 1_000, by: length) {
        let range = start..<min(1_000, start + length)
        add(Array(losses[range]), Array(ranks[range]), to: &parts)
      }
      #expect(parts == whole)
    }
  }

  @Test("sums survive a checkpoint as plain numbers")
  func numbers() throws {
    let sums = sums([0.1, 0.2, 0.3], [0, 1, 7])
    #expect(sums.numbers.count == 5)
    #expect(MetricSums(numbers: sums.numbers, metricCount: 2) == sums)
    #expect(MetricSums(numbers: MetricSums(metricCount: 2).numbers, metricCount: 2) == MetricSums(metricCount: 2))
  }

  @Test(
    "numbers that are no sums are refused",
    arguments: [
      [], [1, 1, 0.5, 1], [1, 1, 0.5, 1, 1, 1], [-1, 0, 0, 0, 0], [1, 2, 0, 0, 0], [1.5, 0, 0, 0, 0],
      [.nan, 0, 0, 0, 0], [1, -1, 0, 0, 0], [1e300, 0, 0, 0, 0],
    ])
  func bad(numbers: [Double]) {
    #expect(MetricSums(numbers: numbers, metricCount: 2) == nil)
  }

  @Test("reset forgets all samples")
  func reset() {
    var sums = sums([1, 2], [0, 0])
    sums.reset()
    #expect(sums == MetricSums(metricCount: 2))
    #expect(sums.meanLoss.isNaN)
  }
}
