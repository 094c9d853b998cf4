import Lockstep
import Testing

@Suite("The gradient check that programs have")
struct GradientCheckTests {
  @Test(arguments: [[7], [3, 2, 5], [2, 1, 3]] as [Shape])
  func layerNormalization(input: Shape) throws {
    let report = try GradientCheck(of: LayerNormalization(), input: input).run()
    #expect(report.compared > 10)
    #expect(report.largestError < 0.002)
  }

  @Test(
    arguments: [
      Conv2D(filters: 4, kernel: 3, padding: .same, activation: .tanh), MaxPool2D(size: 2), AveragePool2D(size: 2),
      GlobalAveragePool2D(), Flatten(), Dropout(rate: 0.4), Activation(.gelu), Activation(.relu),
      Conv2D(filters: 2, kernel: 2, stride: 2),
    ] as [any Layer])
  func layersOfLockstep(layer: any Layer) throws { try check(layer, input: [5, 4, 2]) }

  @Test func dense() throws { try check(Dense(units: 9, activation: .silu), input: [11]) }

  private func check(_ layer: any Layer, input: Shape) throws {
    #expect(try GradientCheck(of: layer, input: input, samples: 4).run().compared > 10)
  }

  /// Mistakes that people make, each of which the check must see.
  @Test(arguments: Mistake.allCases) func mistakesAreFound(_ mistake: Mistake) throws {
    let check = try GradientCheck(of: Scale(mistake), input: [5])
    if mistake == .none {
      #expect(try check.run().compared > 10)
    } else {
      #expect(throws: GradientCheckError.self) { try check.run() }
    }
  }

  @Test func theMessageNamesTheParameter() throws {
    let error = #expect(throws: GradientCheckError.self) {
      try GradientCheck(of: Scale(.half), input: [5]).run()
    }
    #expect(error.map { "\($0)" }?.hasPrefix("scale/factor[0]: the backward pass says ") == true)
    let other = #expect(throws: GradientCheckError.self) {
      try GradientCheck(of: Scale(.unwritten), input: [5]).run()
    }
    #expect(other.map { "\($0)" }?.contains("says nan") == true)
  }

  @Test func aLayerThatCannotTakeTheInput() {
    #expect(throws: NetworkError.self) { try GradientCheck(of: LayerNormalization(), input: [1]) }
    #expect(throws: NetworkError.self) { try GradientCheck(of: MaxPool2D(size: 9), input: [5, 4, 2]) }
  }

  enum Mistake: CaseIterable {
    case none, half, unwritten, added, inputForgotten, firstSampleOnly, lastSampleOnly, overwritesInput, random
  }
}

/// y = factor · x, with a mistake in it.
private struct Scale: Layer {
  let mistake: GradientCheckTests.Mistake

  static let kerasClass = "Scale"
  static let schema = ObjectSchema("scale", "Scales.")
  init(_ mistake: GradientCheckTests.Mistake) { self.mistake = mistake }
  init(settings: Settings) throws(SettingsError) { mistake = .none }
  var keys: JSONValue { [:] }

  func plan(input: Shape, context: PlanContext) throws(ShapeError) -> LayerPlan {
    let factor = ParameterSpec(name: "factor", shape: input, initializer: .ones, fanIn: 1, fanOut: 1)
    return LayerPlan(
      Operation(mistake: mistake, count: input.count), output: input, parameters: [factor], backwardReads: .input)
  }

  private struct Operation: LayerOperation {
    let mistake: GradientCheckTests.Mistake
    let count: Int

    func forward(_ pass: ForwardPass) {
      for index in 0..<pass.samples * count {
        pass.output[index] = pass.parameters[0][index % count] * pass.input[index]
      }
      if mistake == .random { pass.output[0] += Noise.next() }
    }

    func backward(_ pass: BackwardPass) {
      let factor = pass.gradients[0]
      if mistake != .unwritten && mistake != .added { factor.fill(with: 0) }
      for sample in 0..<pass.samples {
        if mistake == .firstSampleOnly, sample > 0 { continue }
        if mistake == .lastSampleOnly { factor.fill(with: 0) }
        for index in 0..<count where mistake != .unwritten {
          let place = sample * count + index
          factor[index] += pass.input[place] * pass.outputGradient[place] * (mistake == .half ? 0.5 : 1)
        }
      }
      guard let gradient = pass.inputGradient else { return }
      for index in 0..<pass.samples * count {
        let slope = mistake == .overwritesInput ? pass.input[index] : pass.parameters[0][index % count]
        gradient[index] = mistake == .inputForgotten ? 0 : slope * pass.outputGradient[index]
      }
    }
  }
}

/// Numbers that are not the same each time.
private enum Noise {
  static func next() -> Float { Float.random(in: 0..<1) }
}
