import Settings

/// Keys that several optimizers share: one spelling, one range and one meaning for one thing.
///
/// The ranges keep every value apart from 0, 1 and infinity after its rounding to FP32, so that no config can make a rule divide by zero.
enum Hyperparameters {
  static let learningRateRange = NumberRange.above(0, through: 1e6)
  static let averageRange = NumberRange.from(0, through: 0.999_999)
  static let epsilonRange = NumberRange.from(1e-30, through: 1)
  static let weightDecayRange = NumberRange.from(0, through: 1e6)

  static func learningRate(default value: Double) -> Field {
    Field("learningRate", .number(learningRateRange), default: .number(value), "Base learning rate.")
  }

  static func average(_ name: String, default value: Double, _ summary: String) -> Field {
    Field(name, .number(averageRange), default: .number(value), summary)
  }

  static func epsilon(default value: Double) -> Field {
    Field("epsilon", .number(epsilonRange), default: .number(value), "Keeps the denominator away from 0.")
  }

  static func weightDecay(default value: Double) -> Field {
    Field(
      "weightDecay", .number(weightDecayRange), default: .number(value),
      "Decoupled weight decay: p ← p − rate · weightDecay · p before each update, as in Keras 3.")
  }

  /// Traps where a value that code (not a config) gave is out of range.
  static func require(_ value: Double, in range: NumberRange, _ name: StaticString) {
    precondition(range.contains(value), "\(name) is out of range")
  }
}
