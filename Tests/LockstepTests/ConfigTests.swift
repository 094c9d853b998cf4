import Foundation
import Lockstep
import Testing

@Suite("A run that is put together in code")
struct ConfigTests {
  @Test func isTheOneOfTheFile() throws {
    let file = try RunConfig(file: Repository.path("Configs/digits.json"))
    let code = try RunConfig(
      name: "digits", seed: 7, data: DigitsSource(), input: [28, 28, 1],
      layers: [
        Conv2D(filters: 16, kernel: 3, activation: .relu), MaxPool2D(size: 2),
        Conv2D(filters: 32, kernel: 3, activation: .relu), MaxPool2D(size: 2),
        Flatten(), Dropout(rate: 0.3), Dense(units: 10),
      ],
      epochs: 6, batchSize: 64, optimizer: Adam(learningRate: 0.002), schedule: CosineSchedule())
    #expect(code.differences(from: file).isEmpty)
    #expect(file.differences(from: code).isEmpty)
  }

  @Test func takesAnyOtherKey() throws {
    let config = try Halves.config(further: [
      "training": ["clipNorm": 0.5, "shards": 3], "checkpoint": ["keepLast": 9], "seed": 5,
    ])
    #expect(config.training.clip?.maxNorm == 0.5 && config.training.shards == 3)
    #expect(config.checkpoint.keepLast == 9 && config.checkpoint.keepBest == 1)
    #expect(config.seed == 5)
  }

  @Test func isCheckedAsAFileIs() throws {
    let data = DigitsSource()
    let problems = problem {
      try RunConfig(
        name: "a/b", seed: .max, data: data, validation: 1, layers: [], epochs: 0, batchSize: 0, optimizer: Adam(),
        further: ["training": ["clipNrom": 1]])
    }
    let lines = try #require(problems).split(separator: "\n").map(String.init)
    #expect(lines.count == 7)
    #expect(lines[0].hasPrefix("name: \"a/b\" cannot name a file;"))
    #expect(lines[1].hasPrefix("seed: 9223372036854775807 is out of range;"))
    #expect(lines[2] == "data.validation: 1.0 is out of range; expected 0 or more and below 1")
    #expect(lines[3].hasPrefix("model.layers: the array has 0 elements; expected 1"))
    #expect(lines[4].hasPrefix("training.epochs: 0 is out of range;"))
    #expect(lines[5].hasPrefix("training.batchSize: 0 is out of range;"))
    #expect(lines[6] == "training: unknown key \"clipNrom\"; did you mean \"clipNorm\"?")
  }

  @Test func needsSomethingToEvaluate() throws {
    let data = try MemorySource(training: Halves.samples(10), test: nil)
    #expect(
      problem { try Halves.config(data) }
        == "data.validation: there are 10 samples to learn from and none to evaluate; hold some out, for example 0.1")
    #expect(try Halves.config(data, further: ["data": ["validation": 0.2]]).data.validation == 0.2)
  }

  @Test func refusesALayerThatHidesWhatItHolds() {
    #expect(
      problem {
        try RunConfig(data: DigitsSource(), layers: [Flatten(), Forgetful(factor: 2)], epochs: 1, optimizer: Adam())
      } == "model.layers[1]: the keys of Forgetful do not make the same value again; they must say all that it holds")
  }

  @Test func refusesALayerUnderANameOfLockstep() {
    #expect(
      problem {
        try RunConfig(data: DigitsSource(), layers: [Flatten(), Impostor()], epochs: 1, optimizer: Adam())
      } == "model.layers[1]: Impostor calls itself \"dense\" in a config, and so does Dense; "
        + "give its schema another name")
  }

  private func problem(_ body: () throws -> some Any) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      #expect(error is SettingsError)
      return "\(error)"
    }
  }
}

/// A layer that has a number and does not say so.
private struct Forgetful: Layer, Equatable {
  var factor: Float
  static let kerasClass = "Forgetful"
  static let schema = ObjectSchema("forgetful", "Forgets.")
  init(factor: Float) { self.factor = factor }
  init(settings: Settings) throws(SettingsError) { factor = 1 }
  var keys: JSONValue { [:] }
  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan { .alias(input) }
}

/// A layer with the name of another one.
private struct Impostor: Layer {
  static let kerasClass = "Impostor"
  static let schema = ObjectSchema("dense", "Not dense at all.")
  init() {}
  init(settings: Settings) throws(SettingsError) {}
  var keys: JSONValue { [:] }
  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan { .alias(input) }
}
