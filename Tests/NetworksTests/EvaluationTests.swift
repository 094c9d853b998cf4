import Networks
import Tensors
import Testing

@Suite("Evaluation")
struct EvaluationTests {
  private static func layers(dropout rate: Float) -> [any Layer] {
    [
      Dropout(rate: rate), Conv2D(filters: 3, kernel: .init(2), activation: .relu), MaxPool2D(), Dropout(rate: rate),
      Flatten(), Dense(units: 5, activation: .tanh), Dropout(rate: rate), Dense(units: 3),
    ]
  }

  private func makeSet(dropout rate: Float) throws -> TrainingSet {
    try TrainingSet(input: [6, 5, 1], layers: EvaluationTests.layers(dropout: rate), samples: 4, kernels: .best)
  }

  @Test("dropout is off")
  func dropout() throws {
    let (with, without) = (try makeSet(dropout: 0.5), try makeSet(dropout: 0))
    let (evaluated, expected) = (with.evaluate(), without.evaluate())
    #expect(evaluated.outputs == expected.outputs)
    #expect(evaluated.losses == expected.losses)
    #expect(with.train().losses != expected.losses, "in training it is on")
  }

  @Test("without dropout, losses and ranks are those of training")
  func sameAsTraining() throws {
    let set = try makeSet(dropout: 0)
    let (evaluated, trained) = (set.evaluate(), set.train(scale: 0.25))
    #expect(evaluated.losses == trained.losses)
    #expect(evaluated.ranks == trained.ranks)
  }

  @Test("an evaluation between two shards of a step changes nothing")
  func between() throws {
    let set = try makeSet(dropout: 0.3)
    let workspace = Workspace(for: set.network, capacity: 4)
    let (first, second) = (set.train(0..<2), set.train(2..<4))
    let firstAgain = set.train(0..<2, workspace: workspace)
    _ = set.evaluate(workspace: workspace)
    let secondAgain = set.train(2..<4, workspace: workspace)
    #expect(first.gradient.map(\.bitPattern) == firstAgain.gradient.map(\.bitPattern))
    #expect(second.gradient.map(\.bitPattern) == secondAgain.gradient.map(\.bitPattern))
  }

  @Test("two buffers are enough, and give the outputs of a network that keeps all activations")
  func buffers() throws {
    let set = try TrainingSet(
      input: [9, 8, 2],
      layers: [
        Activation(.relu), Conv2D(filters: 5, kernel: .init(3), activation: .gelu), Activation(.tanh), AveragePool2D(),
        Conv2D(filters: 7, kernel: .init(2)), MaxPool2D(size: .init(1)), Activation(.silu), MaxPool2D(size: .init(1)),
        Flatten(), Dense(units: 6, activation: .relu),
        Dense(units: 4), Activation(.sigmoid),
      ], samples: 4, kernels: .best)
    let small = Workspace(for: set.network, capacity: 4, purpose: .evaluation)
    let evaluated = set.evaluate(workspace: small)
    let trained = set.train()
    #expect(evaluated.losses.map(\.bitPattern) == trained.losses.map(\.bitPattern))
    #expect(set.evaluate().outputs.map(\.bitPattern) == evaluated.outputs.map(\.bitPattern))
    // The first convolution's 7 × 6 × 5 values and gelu's of them, in whole lines of 16.
    let bytes = [2, 1].map { Workspace.byteCount(for: set.network, capacity: $0, purpose: .evaluation) }
    #expect(bytes[0] - bytes[1] == 4 * (224 + 224))
  }

  @Test("ranks count the outputs that beat the label's")
  func ranks() throws {
    let set = try TrainingSet(input: [4], layers: [Dense(units: 5)], samples: 5, kernels: .best)
    let (_, ranks, outputs) = set.evaluate()
    for sample in 0..<5 {
      let row = outputs[sample * 5..<(sample + 1) * 5]
      let label = row[sample * 5 + Int(set.labels.view[sample])]
      #expect(Int(ranks[sample]) == row.count { $0 > label })
    }
  }
}
