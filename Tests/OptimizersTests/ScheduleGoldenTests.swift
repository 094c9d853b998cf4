import Optimizers
import Testing

/// Every schedule against the one of Keras 3 or PyTorch (`Goldens/generate.py`).
@Suite struct ScheduleGoldenTests {
  /// A golden, the schedule that should give it, and how far it may be off.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let schedule: any Schedule
    /// Double precision leaves some 1e-15 a step; PyTorch's cosine is a recursion, whose errors grow towards the end.
    var tolerance = 1e-13

    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "exponential", schedule: ExponentialSchedule(decay: 0.9)),
    Case(name: "step", schedule: StepSchedule(everyEpochs: 3, factor: 0.3)),
    Case(name: "cosine", schedule: CosineSchedule()),
    Case(name: "cosine to a fifth", schedule: CosineSchedule(finalFraction: 0.2)),
    // Keras's cosine is single precision.
    Case(name: "cosine, Keras", schedule: CosineSchedule(finalFraction: 0.2), tolerance: 1e-7),
    Case(name: "oneCycle", schedule: OneCycleSchedule()),
    Case(
      name: "oneCycle, late peak",
      schedule: OneCycleSchedule(riseFraction: 0.55, startFraction: 0.1, finalFraction: 0.02)),
  ]

  @Test("Every golden is tested")
  func complete() throws {
    let goldens = try Goldens<[Double]>.load("schedules.json")
    #expect(Set(goldens.cases.keys) == Set(ScheduleGoldenTests.cases.map(\.name)))
  }

  @Test("The factors are Keras's or PyTorch's", arguments: cases)
  func factors(_ golden: Case) throws {
    let expected = try #require(try Goldens<[Double]>.load("schedules.json").cases[golden.name])
    try #require(expected.count > 30)
    for (index, factor) in expected.enumerated() {
      let found = golden.schedule.factor(step: index + 1, stepsPerEpoch: 7, totalSteps: expected.count)
      #expect(abs(found - factor) <= golden.tolerance, "step \(index + 1)")
    }
  }
}
