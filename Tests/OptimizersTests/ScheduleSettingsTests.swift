import Optimizers
import Settings
import Testing

/// From the config's keys to a schedule.
@Suite struct ScheduleSettingsTests {
  private static let training = ObjectSchema(
    "training", "How to train.",
    fields: [Field("schedule", ScheduleTable.standard.fieldType, default: "constant", "Learning rate.")])

  private func decode(_ json: String) throws(SettingsError) -> any Schedule {
    let settings = try ScheduleSettingsTests.training.decode(json: "{ \"schedule\": \(json) }", file: "run.json")
    return try ScheduleTable.standard.make(settings.settings("schedule"))
  }

  private func message(_ json: String) -> String {
    do throws(SettingsError) {
      return "accepted as \(try decode(json))"
    } catch {
      return error.description
    }
  }

  @Test("Keys that are left out have the defaults of the initializer")
  func defaults() throws {
    #expect(try decode("\"constant\"") as? ConstantSchedule == ConstantSchedule())
    #expect(try decode(#"{ "type": "step", "everyEpochs": 3 }"#) as? StepSchedule == StepSchedule(everyEpochs: 3))
    #expect(
      try decode(#"{ "type": "exponential", "decay": 0.9 }"#) as? ExponentialSchedule
        == ExponentialSchedule(decay: 0.9))
    #expect(try decode("\"cosine\"") as? CosineSchedule == CosineSchedule())
    #expect(try decode("\"oneCycle\"") as? OneCycleSchedule == OneCycleSchedule())
  }

  @Test("The defaults are the documented ones")
  func documentedDefaults() {
    #expect(ConstantSchedule() == ConstantSchedule(warmupEpochs: 0))
    #expect(StepSchedule(everyEpochs: 3) == StepSchedule(everyEpochs: 3, factor: 0.1, warmupEpochs: 0))
    #expect(ExponentialSchedule(decay: 0.9) == ExponentialSchedule(decay: 0.9, warmupEpochs: 0))
    #expect(CosineSchedule() == CosineSchedule(finalFraction: 0, warmupEpochs: 0))
    #expect(
      OneCycleSchedule()
        == OneCycleSchedule(riseFraction: 0.3, startFraction: 0.04, finalFraction: 0.000_004, warmupEpochs: 0))
  }

  @Test("Every key arrives at its place")
  func keys() throws {
    #expect(
      try decode(#"{ "type": "constant", "warmupEpochs": 1.5 }"#) as? ConstantSchedule
        == ConstantSchedule(warmupEpochs: 1.5))
    #expect(
      try decode(#"{ "type": "step", "everyEpochs": 3, "factor": 0.5, "warmupEpochs": 2 }"#) as? StepSchedule
        == StepSchedule(everyEpochs: 3, factor: 0.5, warmupEpochs: 2))
    #expect(
      try decode(#"{ "type": "exponential", "decay": 0.5, "warmupEpochs": 2 }"#) as? ExponentialSchedule
        == ExponentialSchedule(decay: 0.5, warmupEpochs: 2))
    #expect(
      try decode(#"{ "type": "cosine", "finalFraction": 0.5, "warmupEpochs": 2 }"#) as? CosineSchedule
        == CosineSchedule(finalFraction: 0.5, warmupEpochs: 2))
    #expect(
      try decode(
        """
        { "type": "oneCycle", "riseFraction": 0.5, "startFraction": 0.25, "finalFraction": 0.125, "warmupEpochs": 2 }
        """) as? OneCycleSchedule
        == OneCycleSchedule(riseFraction: 0.5, startFraction: 0.25, finalFraction: 0.125, warmupEpochs: 2))
  }

  @Test(
    "What cannot work is refused, with the place and the reason",
    arguments: [
      (#""cosin""#, #"run.json:1:15: schedule: unknown type "cosin"; did you mean "cosine"?"#),
      (
        #""step""#,
        #"run.json:1:15: schedule: the key "everyEpochs" is missing; expected an integer, 1 to 1000000"#
      ),
      (
        #"{ "type": "step", "everyEpochs": 0 }"#,
        "run.json:1:48: schedule.everyEpochs: 0 is out of range; expected 1 to 1000000"
      ),
      (
        #"{ "type": "exponential", "decay": 1.5 }"#,
        "run.json:1:49: schedule.decay: 1.5 is out of range; expected above 0 and at most 1"
      ),
      (
        #"{ "type": "oneCycle", "riseFraction": -0.1 }"#,
        "run.json:1:53: schedule.riseFraction: -0.1 is out of range; expected 0 to 1"
      ),
      (
        #"{ "type": "cosine", "warmupEpochs": -1 }"#,
        "run.json:1:51: schedule.warmupEpochs: -1 is out of range; expected 0 to 1000000"
      ),
    ])
  func refused(json: String, expected: String) {
    #expect(message(json) == expected)
  }
}
