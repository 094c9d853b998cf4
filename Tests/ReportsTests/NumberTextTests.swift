import Foundation
import Reports
import Testing

@Suite("Numbers for people")
struct NumberTextTests {
  @Test("fixed decimals are those of C's printf, ties included")
  func fixedMatchesPrintf() {
    var random = SystemRandomNumberGenerator()
    var values: [Double] = [
      0, -0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 0.03125, 0.00005, 0.00015, 0.99995, 0.999949999, 9.99999, 1e-9, 5e-10,
      1e-300,
      0x1p-59, 0x1p-60, 123_456_789.987654321, 1e15 + 0.5, 0x1p52 + 0.5, 0x1p53 + 1, 0x1p62, .leastNonzeroMagnitude,
    ]
    for _ in 0..<2_000 {
      values.append(Double.random(in: 0..<1, using: &random))
      values.append(Double(Int.random(in: 0..<100_000, using: &random)) / 1_024)
      values.append(Double.random(in: -1e6..<1e6, using: &random))
    }
    for value in values {
      for decimals in 0...9 {
        #expect(NumberText.fixed(value, decimals: decimals) == String(format: "%.\(decimals)f", value))
      }
    }
  }

  @Test("values that are no numbers and very large ones have a text")
  func extremes() {
    #expect(NumberText.fixed(.nan, decimals: 4) == "nan")
    #expect(NumberText.fixed(-.infinity, decimals: 4) == "-inf")
    #expect(NumberText.fixed(1e300, decimals: 4) == "1e+300")
    #expect(NumberText.loss(.infinity) == "inf")
    #expect(NumberText.rate(.infinity) == "?")
    #expect(NumberText.clock(.nan) == "?")
  }

  @Test(
    "whole numbers are grouped by three",
    arguments: [
      (0, "0"), (999, "999"), (1_000, "1,000"), (34_826, "34,826"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
      (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func grouped(value: Int, text: String) {
    #expect(NumberText.grouped(value) == text)
  }

  @Test(
    "significant digits",
    arguments: [
      (0.001, "0.001"), (0.00098, "0.00098"), (0.1, "0.1"), (1.25e-6, "1.25e-06"), (1, "1"), (0.0009996, "0.001"),
      (123.4, "123"), (12_345.0, "12345"), (9.999e9, "1e+10"), (-0.5, "-0.5"), (0, "0"), (1e-300, "1e-300"),
    ])
  func significant(value: Double, text: String) {
    #expect(NumberText.significant(value) == text)
  }

  @Test("a loss has four decimals as long as these say something")
  func loss() {
    #expect(
      [0.0612, 2.302585, 0, 0.00123, 12_345.6].map(NumberText.loss) == [
        "0.0612", "2.3026", "0.0000", "0.00123", "12346",
      ])
  }

  @Test("times and sizes")
  func timesAndSizes() {
    #expect([3.3, 59.94, 59.96, 62, 7_384].map(NumberText.duration) == ["3.3 s", "59.9 s", "1:00", "1:02", "2:03:04"])
    #expect(
      [0, 32, 725, 7_384, 266_584].map(NumberText.clock) == ["0:00", "0:32", "12:05", "2:03:04", "3 d 02:03:04"])
    #expect(
      [0, 999, 1_000, 1_449_000, 999_960].map(NumberText.bytes) == ["0 B", "999 B", "1.0 kB", "1.4 MB", "1.0 MB"])
  }
}
