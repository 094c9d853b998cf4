import Optimizers
import Testing

/// What holds for every schedule, and the edges of each.
@Suite struct ScheduleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (_ warmupEpochs: Double) -> any Schedule

    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "constant") { ConstantSchedule(warmupEpochs: $0) },
    Case(name: "step") { StepSchedule(everyEpochs: 2, factor: 0.5, warmupEpochs: $0) },
    Case(name: "exponential") { ExponentialSchedule(decay: 0.7, warmupEpochs: $0) },
    Case(name: "cosine") { CosineSchedule(finalFraction: 0.1, warmupEpochs: $0) },
    Case(name: "oneCycle") { OneCycleSchedule(warmupEpochs: $0) },
  ]

  @Test("Warm-up grows linearly from rate/n to the rate, then the schedule begins", arguments: cases)
  func warmup(_ schedule: Case) {
    // 1.5 epochs of 7 steps: 10.5, to the nearest and away from zero 11.
    let warm = schedule.make(1.5)
    let plain = schedule.make(0)
    for step in 1...11 {
      #expect(warm.factor(step: step, stepsPerEpoch: 7, totalSteps: 70) == Double(step) / 11)
    }
    for step in 12...70 {
      let expected = plain.factor(step: step - 11, stepsPerEpoch: 7, totalSteps: 70 - 11)
      #expect(warm.factor(step: step, stepsPerEpoch: 7, totalSteps: 70) == expected)
    }
  }

  @Test("A warm-up longer than the run just grows", arguments: cases, [3, 1e6] as [Double])
  func longWarmup(_ schedule: Case, epochs: Double) {
    for step in 1...10 {
      let factor = schedule.make(epochs).factor(step: step, stepsPerEpoch: 5, totalSteps: 10)
      #expect(factor == Double(step) / (epochs * 5))
    }
  }

  @Test("A warm-up as long as the run ends at the full rate", arguments: cases)
  func fullWarmup(_ schedule: Case) {
    #expect(schedule.make(2).factor(step: 10, stepsPerEpoch: 5, totalSteps: 10) == 1)
  }

  @Test("Factors stay within 0...1 for runs of every short length", arguments: cases)
  func bounds(_ schedule: Case) {
    for total in 1...40 {
      for warmup in [0, 0.1, 0.5, 1, 2.5] {
        for step in 1...total {
          let factor = schedule.make(warmup).factor(step: step, stepsPerEpoch: 4, totalSteps: total)
          #expect(factor > 0 && factor <= 1, "step \(step) of \(total), warm-up \(warmup)")
        }
      }
    }
  }

  @Test("The longest run that fits is no problem", arguments: cases)
  func huge(_ schedule: Case) {
    for step in [1, 1_000_000, Int.max - 1, Int.max] {
      let factor = schedule.make(1).factor(step: step, stepsPerEpoch: 1_000_000, totalSteps: .max)
      #expect(factor >= 0 && factor <= 1)
    }
  }

  @Test("Stairs change at epochs, exactly")
  func stairs() {
    let schedule = StepSchedule(everyEpochs: 2, factor: 0.5)
    let factors = (1...15).map { schedule.factor(step: $0, stepsPerEpoch: 3, totalSteps: 15) }
    #expect(factors == [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
  }

  @Test("Exponential decay is exact at whole epochs and even between them")
  func exponential() {
    let schedule = ExponentialSchedule(decay: 0.25)
    #expect(schedule.factor(step: 9, stepsPerEpoch: 4, totalSteps: 20) == 0.0625)
    #expect(abs(schedule.factor(step: 3, stepsPerEpoch: 4, totalSteps: 20) - 0.5) < 1e-15)
    for step in 1..<20 {
      let ratio =
        schedule.factor(step: step + 1, stepsPerEpoch: 4, totalSteps: 20)
        / schedule.factor(step: step, stepsPerEpoch: 4, totalSteps: 20)
      #expect(abs(ratio - 0.25.squareRoot().squareRoot()) < 1e-15)
    }
  }

  @Test("One cycle starts, peaks and ends where it says")
  func oneCycle() {
    let schedule = OneCycleSchedule(riseFraction: 0.25, startFraction: 0.125, finalFraction: 0.5)
    let factors = (1...40).map { schedule.factor(step: $0, stepsPerEpoch: 4, totalSteps: 40) }
    #expect(factors[0] == 0.125)
    #expect(factors[9] == 1)
    #expect(factors[39] == 0.5)
    #expect(zip(factors[0...9], factors[1...9]).allSatisfy { $0 < $1 })
    #expect(zip(factors[9...39], factors[10...39]).allSatisfy { $0 > $1 })
  }

  @Test("One cycle without a rise starts at the peak; without a fall it ends there")
  func oneCycleEdges() {
    let fall = OneCycleSchedule(riseFraction: 0)
    #expect(fall.factor(step: 1, stepsPerEpoch: 4, totalSteps: 8) == 1)
    #expect(fall.factor(step: 8, stepsPerEpoch: 4, totalSteps: 8) == 0.000_004)
    let rise = OneCycleSchedule(riseFraction: 1)
    #expect(rise.factor(step: 1, stepsPerEpoch: 4, totalSteps: 8) == 0.04)
    #expect(rise.factor(step: 8, stepsPerEpoch: 4, totalSteps: 8) == 1)
    #expect(rise.factor(step: 1, stepsPerEpoch: 4, totalSteps: 1) == 1)
  }
}
