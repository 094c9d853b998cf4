import Optimizers
import Settings
import Testing

/// From the config's keys to an optimizer.
@Suite struct OptimizerSettingsTests {
  private static let training = ObjectSchema(
    "training", "How to train.",
    fields: [Field("optimizer", OptimizerTable.standard.fieldType, "Update rule.")])

  private func decode(_ json: String) throws(SettingsError) -> any Optimizer {
    let settings = try OptimizerSettingsTests.training.decode(json: "{ \"optimizer\": \(json) }", file: "run.json")
    return try OptimizerTable.standard.make(settings.settings("optimizer"))
  }

  private func message(_ json: String) -> String {
    do throws(SettingsError) {
      return "accepted as \(try decode(json))"
    } catch {
      return error.description
    }
  }

  @Test("A bare name has the defaults of the initializer")
  func defaults() throws {
    #expect(try decode("\"sgd\"") as? SGD == SGD())
    #expect(try decode("\"adam\"") as? Adam == Adam())
    #expect(try decode("\"adamW\"") as? AdamW == AdamW())
    #expect(try decode("\"rmsProp\"") as? RMSProp == RMSProp())
  }

  @Test("The defaults are Keras's")
  func kerasDefaults() {
    #expect(SGD() == SGD(learningRate: 0.01, momentum: 0, nesterov: false, weightDecay: 0))
    #expect(Adam() == Adam(learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7))
    #expect(AdamW() == AdamW(learningRate: 0.001, weightDecay: 0.004, beta1: 0.9, beta2: 0.999, epsilon: 1e-7))
    #expect(RMSProp() == RMSProp(learningRate: 0.001, rho: 0.9, epsilon: 1e-7, weightDecay: 0))
  }

  @Test("Every key arrives at its place")
  func keys() throws {
    #expect(
      try decode(
        #"{ "type": "sgd", "learningRate": 0.5, "momentum": 0.25, "nesterov": true, "weightDecay": 0.125 }"#) as? SGD
        == SGD(learningRate: 0.5, momentum: 0.25, nesterov: true, weightDecay: 0.125))
    #expect(
      try decode(#"{ "type": "adam", "learningRate": 2, "beta1": 0.25, "beta2": 0.125, "epsilon": 0.5 }"#) as? Adam
        == Adam(learningRate: 2, beta1: 0.25, beta2: 0.125, epsilon: 0.5))
    #expect(
      try decode(
        #"{ "type": "adamW", "learningRate": 2, "weightDecay": 3, "beta1": 0.25, "beta2": 0.125, "epsilon": 0.5 }"#)
        as? AdamW == AdamW(learningRate: 2, weightDecay: 3, beta1: 0.25, beta2: 0.125, epsilon: 0.5))
    #expect(
      try decode(#"{ "type": "rmsProp", "learningRate": 2, "rho": 0.25, "epsilon": 0.5, "weightDecay": 3 }"#)
        as? RMSProp == RMSProp(learningRate: 2, rho: 0.25, epsilon: 0.5, weightDecay: 3))
  }

  @Test("Names and slots are those of Keras's files")
  func kerasNames() {
    #expect(
      OptimizerTable.standard.kinds.compactMap { ($0 as? any Optimizer.Type)?.kerasName } == [
        "sgd", "adam", "adam_w", "rm_sprop",
      ])
    #expect(SGD().slots == [])
    #expect(SGD(momentum: 0.9).slots == ["momentum"])
    #expect(Adam().slots == ["momentum", "velocity"])
    #expect(AdamW().slots == ["momentum", "velocity"])
    #expect(RMSProp().slots == ["velocity"])
  }

  @Test("A momentum that FP32 rounds to 0 is none")
  func tinyMomentum() throws {
    #expect(try decode(#"{ "type": "sgd", "momentum": 1e-60 }"#).slots == [])
    #expect(message(#"{ "type": "sgd", "momentum": 1e-60, "nesterov": true }"#).contains("needs momentum above 0"))
  }

  @Test(
    "What cannot work is refused, with the place and the reason",
    arguments: [
      (
        #"{ "type": "sgd", "nesterov": true }"#,
        "run.json:1:45: optimizer.nesterov: "
          + "needs momentum above 0; set momentum (0.9 is usual) or leave nesterov out"
      ),
      (
        #""adamw""#,
        #"run.json:1:16: optimizer: unknown type "adamw"; did you mean "adamW"?"#
      ),
      (
        #"{ "type": "adam", "learningRate": 0 }"#,
        "run.json:1:50: optimizer.learningRate: 0 is out of range; expected above 0 and at most 1000000"
      ),
      (
        #"{ "type": "adam", "beta2": 1 }"#,
        "run.json:1:43: optimizer.beta2: 1 is out of range; expected 0 to 0.999999"
      ),
      (
        #"{ "type": "adam", "epsilon": 0 }"#,
        "run.json:1:45: optimizer.epsilon: 0 is out of range; expected 1e-30 to 1"
      ),
      (
        #"{ "type": "adam", "weightDecay": 0.1 }"#,
        #"run.json:1:34: optimizer: unknown key "weightDecay"; known keys: type, learningRate, beta1, beta2, epsilon"#
      ),
      (
        #"{ "type": "rmsProp", "weightDecay": -0.1 }"#,
        "run.json:1:52: optimizer.weightDecay: -0.1 is out of range; expected 0 to 1000000"
      ),
    ])
  func refused(json: String, expected: String) {
    #expect(message(json) == expected)
  }

  @Test("A program that uses the library adds its own")
  func extensible() throws {
    let table = OptimizerTable.standard.adding(SignDescent.self)
    let schema = ObjectSchema("training", "", fields: [Field("optimizer", table.fieldType, "Update rule.")])
    let settings = try schema.decode(["optimizer": ["type": "signDescent", "learningRate": 0.5]])
    #expect(try table.make(settings.settings("optimizer")) is SignDescent)
  }
}

/// p ← p − rate · sign(g): what a user's own optimizer looks like.
private struct SignDescent: Optimizer {
  static let kerasName = "sign_descent"
  static let schema = ObjectSchema(
    "signDescent", "p ← p − rate · sign(g).",
    fields: [Field("learningRate", .number(.positive), default: 0.001, "Base learning rate.")])

  let learningRate: Double
  let slots: [String] = []

  init(settings: Settings) throws(SettingsError) { learningRate = settings.number("learningRate") }
  var keys: JSONValue { ["learningRate": .number(learningRate)] }

  func update(_ pass: UpdatePass) {
    for index in 0..<pass.parameters.count where pass.gradient[index] != 0 {
      pass.parameters[index] -= pass.gradient[index] > 0 ? pass.factors.rate : -pass.factors.rate
    }
  }
}
