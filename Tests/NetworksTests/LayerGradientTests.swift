import Networks
import Tensors
import Testing

/// Every layer's gradients against central differences; a dense or conv layer before it makes the layer pass a gradient
/// on.
@Suite("Layer gradients")
struct LayerGradientTests {
  @Test("dense, with and without bias")
  func dense() throws {
    let checker = GradientChecker()
    try checker.check(input: [7], [.dense(5), .dense(3)])
    try checker.check(input: [33], [.dense(17, bias: false), .dense(2, bias: false)])
    try checker.check(input: [1], [.dense(1), .dense(2)], samples: 1)
  }

  @Test("conv2d: kernels, strides and paddings on odd shapes")
  func conv() throws {
    let cases: [(Shape, [ReferenceLayer])] = [
      ([7, 5, 2], [.conv(3, (3, 3))]),
      ([7, 5, 2], [.conv(3, (3, 3), same: true)]),
      ([6, 9, 1], [.conv(4, (2, 3), stride: (2, 1), bias: false)]),
      ([6, 9, 3], [.conv(2, (5, 1), stride: (1, 3), same: true)]),
      ([8, 7, 2], [.conv(3, (3, 2), stride: (3, 2), same: true), .conv(2, (2, 2))]),
      ([5, 5, 1], [.conv(17, (1, 1)), .conv(2, (3, 3), stride: (2, 2), same: true)]),
      ([2, 3, 2], [.conv(2, (2, 2)), .conv(2, (5, 5), same: true)]),
    ]
    for (input, layers) in cases {
      try GradientChecker().check(input: input, layers + [.flatten, .dense(3)])
    }
  }

  @Test("maxPool2d: overlapping, gapped and padded windows")
  func maxPool() throws {
    try checkPooling { .maxPool($0, stride: $1, same: $2) }
  }

  @Test("averagePool2d: overlapping, gapped and padded windows")
  func averagePool() throws {
    try checkPooling { .averagePool($0, stride: $1, same: $2) }
  }

  private func checkPooling(
    _ pool: (_ size: (Int, Int), _ stride: (Int, Int)?, _ same: Bool) -> ReferenceLayer
  ) throws {
    let layers = [
      pool((2, 2), nil, false), pool((3, 3), (2, 2), false), pool((3, 2), (1, 1), true), pool((2, 2), (3, 3), true),
      pool((1, 3), (2, 1), false), pool((7, 6), (1, 1), true),
    ]
    for layer in layers {
      try GradientChecker().check(
        input: [7, 6, 2], [.conv(2, (2, 2), same: true), layer, .flatten, .dense(2)], samples: 2)
    }
  }

  @Test("globalAveragePool2d")
  func globalAveragePool() throws {
    try GradientChecker().check(
      input: [5, 4, 2], [.conv(19, (2, 2)), .globalAveragePool, .dense(3)])
  }

  @Test("dropout drops and scales the gradient with the mask of the forward pass")
  func dropout() throws {
    for rate: Float in [0.1, 0.5, 0.9] {
      try GradientChecker().check(
        input: [9], [.dense(21), .dropout(rate), .dense(3)], samples: 4)
    }
    try GradientChecker().check(input: [9], [.dropout(0.3), .dense(8), .flatten, .dense(2)])
  }

  @Test(
    "every activation, behind a layer and on its own",
    arguments: ActivationFunction.allForTests)
  func activation(function: ActivationFunction) throws {
    let checker = GradientChecker()
    try checker.check(input: [6], [.dense(19, activation: function), .dense(3)])
    try checker.check(
      input: [5, 4, 2],
      [.conv(3, (2, 2), activation: function), .activation(function), .flatten, .dense(3, activation: function)])
  }
}
