import Reports
import Testing

@Suite("Ticks of an axis")
struct ChartTicksTests {
  @Test(
    "round numbers, written with as many decimals as their distance needs",
    arguments: [
      ([0, 1], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      ([0.0013, 0.0187], ["0.000", "0.005", "0.010", "0.015", "0.020"]),
      ([3, 97], ["0", "20", "40", "60", "80", "100"]),
      ([61_000, 66_000], ["61,000", "62,000", "63,000", "64,000", "65,000", "66,000"]),
      ([-5, 5], ["-6", "-4", "-2", "0", "2", "4", "6"]),
      ([5], ["4.4", "4.6", "4.8", "5.0", "5.2", "5.4", "5.6"]),
      ([], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      ([.nan, .infinity, 0, 1], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ] as [([Double], [String])])
  func linear(values: [Double], labels: [String]) {
    #expect(ChartTicks(ChartAxis("x"), values: values).labels == labels)
  }

  @Test("shares are written as per cent")
  func percent() {
    #expect(
      ChartTicks(ChartAxis("x", format: .percent), values: [0.9612, 0.9921]).labels
        == ["96 %", "97 %", "98 %", "99 %", "100 %"])
  }

  @Test("whole numbers fill the axis, and their ticks are whole")
  func whole() {
    let ticks = ChartTicks(ChartAxis("epoch", isWhole: true), values: [1, 12], count: 6)
    #expect(ticks.labels == ["2", "4", "6", "8", "10", "12"])
    #expect(ticks.place(1) == 0 && ticks.place(12) == 1)
    #expect(ChartTicks(ChartAxis("epoch", isWhole: true), values: [1, 2], count: 6).labels == ["1", "2"])
    #expect(ChartTicks(ChartAxis("epoch", isWhole: true), values: [1], count: 6).labels == ["0", "1", "2"])
  }

  @Test(
    "a logarithmic axis has 1, 2 and 5 in a short range, and powers of ten in a long one",
    arguments: [
      ([0.03, 0.5], ["0.05", "0.1", "0.2", "0.5"]), ([0.001, 1_000], ["0.01", "1", "100"]),
      ([1e-12, 1], ["1e-12", "1e-09", "1e-06", "0.001", "1"]), ([0.27, 0.29], ["0.2", "0.3", "0.4"]),
      ([-1, 0], ["0.1", "0.2", "0.5", "1"]),
    ] as [([Double], [String])])
  func logarithmic(values: [Double], labels: [String]) {
    #expect(ChartTicks(ChartAxis("x", scale: .logarithmic), values: values).labels == labels)
  }

  @Test("any numbers give an axis: finite places, few ticks", arguments: ChartAxis.Scale.allCases)
  func extremes(scale: ChartAxis.Scale) {
    let numbers: [Double] = [
      0, -0.0, .leastNonzeroMagnitude, 1e-300, 1e-20, 0.1, 1, 1.0000000001, 1e15, 1e20, 1e299, 1e308, -1e299, -1, .nan,
      .infinity,
      -.infinity,
    ]
    for first in numbers {
      for second in numbers {
        for isWhole in [false, true] {
          let axis = ChartAxis("x", scale: scale, isWhole: isWhole)
          let ticks = ChartTicks(axis, values: [first, second])
          #expect(ticks.labels.count <= 101 && ticks.labels.count == ticks.values.count, "\(first) \(second)")
          for value in [first, second] where axis.holds(value) {
            let place = ticks.place(value)
            #expect(place >= -0.01 && place <= 1.01, "\(first) to \(second): \(value) at \(place)")
          }
        }
      }
    }
  }
}
