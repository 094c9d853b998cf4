import Foundation
import Optimizers
import Tensors
import Testing

/// 500 steps of every optimizer against what Keras 3 computed in double precision (`Goldens/generate.py`).
@Suite struct KerasGoldenTests {
  struct Record: Decodable {
    let step: Int
    let parameters: [Double]
    let slots: [[Double]]
  }

  private static let count = 12

  /// The gradients of `generate.py`; exact in FP32.
  private static func gradient(step: Int) -> [Float] {
    (0..<count).map { i in
      if i == 11 || (i == 10 && step % 10 != 0) { return 0 }
      let noise = (31 * step * step + step * (17 * i + 5) + 97 * i) % 257 - 128
      let drift = i % 2 == 0 ? 40 : 0
      return Float(noise + drift) / 128 * Float(sign: .plus, exponent: -2 * (i % 6), significand: 1)
    }
  }

  /// Half an ulp of 1: what one rounding to FP32 may change, relative.
  private static let rounding = 0x1p-24

  /// FP32 against double precision, both from the same gradients.
  ///
  /// - A parameter is rounded twice a step (decay, update), each time by at most half an ulp, and nothing feeds back: after T steps the
  ///   error is below 2 T roundings of the largest value it had, plus two for the start. (Largest measured: 80 of 1,000 allowed.)
  /// - A running average forgets errors as it forgets gradients: four roundings a step, each of the largest value it had, add up to at
  ///   most 4 / (1 − average) roundings. This also covers the average's own rounding to FP32.
  @Test("500 steps are Keras's", arguments: NamedRule.all, Kernels.all.map(\.instructionSet))
  func keras(_ named: NamedRule, set: InstructionSet) throws {
    let kernels = try #require(Kernels(set))
    let records = try #require(try Goldens<[Record]>.load("keras.json").cases[named.name])
    #expect(records.map(\.step) == [1, 2, 3, 10, 100, 500])
    let state = FlatState(named.rule, parameters: (0..<KerasGoldenTests.count).map { Float($0 - 6) / 4 })
    let vectors = [state.parameters] + state.slots
    var largest = vectors.map { $0.view.array().map(abs) }
    for step in 1...500 {
      var rate = named.rule.learningRate
      if named.name == "adamW cosine" {
        rate *= CosineSchedule(finalFraction: 0.1).factor(step: step, stepsPerEpoch: 50, totalSteps: 500)
      }
      let gradient = KerasGoldenTests.gradient(step: step)
      state.update(step: step, rate: rate, gradient: Storage(gradient), kernels: kernels)
      for (vector, storage) in vectors.enumerated() {
        for index in 0..<storage.count {
          largest[vector][index] = max(largest[vector][index], abs(storage.view[index]))
        }
      }
      guard let record = records.first(where: { $0.step == step }) else { continue }
      let roundings = [Double(2 * step + 2)] + KerasGoldenTests.averages(of: named.rule).map { 4 / (1 - $0) }
      let expected = [record.parameters] + record.slots
      try #require(expected.count == vectors.count)
      for (vector, storage) in vectors.enumerated() {
        for index in 0..<storage.count {
          let error = abs(Double(storage.view[index]) - expected[vector][index])
          let allowed = roundings[vector] * KerasGoldenTests.rounding * Double(largest[vector][index])
          #expect(error <= allowed, "step \(step), vector \(vector), element \(index)")
        }
      }
    }
  }

  /// How much of itself each slot keeps from step to step.
  private static func averages(of rule: any Optimizer) -> [Double] {
    switch rule {
    case let rule as SGD: rule.momentum > 0 ? [rule.momentum] : []
    case let rule as Adam: [rule.beta1, rule.beta2]
    case let rule as AdamW: [rule.beta1, rule.beta2]
    case let rule as RMSProp: [rule.rho]
    default: []
    }
  }
}
