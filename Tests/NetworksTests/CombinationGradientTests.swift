import Networks
import Tensors
import Testing

/// Layers together: memory that is shared and overwritten between them is where single layers cannot show a mistake.
@Suite("Gradients of whole networks")
struct CombinationGradientTests {
  @Test("conv-relu-pool, conv-gelu, global average, dense")
  func small() throws {
    try GradientChecker().check(
      input: [8, 7, 1],
      [
        .conv(4, (3, 3), activation: .relu), .maxPool((2, 2)), .conv(5, (2, 2), same: true, activation: .gelu),
        .globalAveragePool, .dense(3),
      ])
  }

  @Test("the digit network in miniature, with dropout")
  func digits() throws {
    try GradientChecker().check(
      input: [10, 10, 1],
      [
        .conv(3, (3, 3), activation: .relu), .maxPool((2, 2)), .conv(4, (2, 2), activation: .relu), .maxPool((2, 2)),
        .flatten, .dropout(0.5), .dense(6, activation: .relu), .dropout(0.25), .dense(4),
      ], samples: 4)
  }

  @Test("conv-tanh-average, once with the batch and once with a layer before it")
  func averaged() throws {
    try GradientChecker().check(
      input: [12, 18, 1],
      [
        .conv(1, (2, 2), activation: .tanh), .averagePool((2, 2), stride: (1, 1)),
        .conv(2, (3, 3), same: true, activation: .tanh), .averagePool((2, 2)), .flatten, .dense(3),
      ])
    try GradientChecker().check(
      input: [9, 14, 1], [.conv(2, (2, 3), activation: .sigmoid), .averagePool((2, 2)), .flatten, .dense(3)])
  }

  @Test("chains of functions: in place where allowed, and right where not")
  func chains() throws {
    let functions: [ReferenceLayer] = ActivationFunction.allForTests.map { .activation($0) }
    try GradientChecker().check(input: [5], [.dense(6)] + functions + [.dense(3)])
    try GradientChecker().check(
      input: [5], [.dense(6), .dropout(0.4)] + functions.reversed() + [.dropout(0.2), .dense(3)])
    try GradientChecker().check(
      input: [6, 5, 2],
      [
        .activation(.tanh), .averagePool((2, 2), stride: (1, 1)), .conv(3, (2, 2)), .dropout(0.3), .activation(.relu),
        .dropout(0.3), .maxPool((2, 2), same: true), .activation(.tanh), .flatten, .activation(.sigmoid), .dense(3),
      ])
  }
}
