import Networks
import Tensors
import Testing

/// The Keras example convnet (keras.io/examples/vision/mnist_convnet).
let digitLayers: [any Layer] = [
  Conv2D(filters: 32, kernel: .init(3), activation: .relu), MaxPool2D(),
  Conv2D(filters: 64, kernel: .init(3), activation: .relu), MaxPool2D(), Flatten(), Dropout(rate: 0.5),
  Dense(units: 10),
]

@Suite("Planning")
struct PlanningTests {
  @Test("the digit network has the shapes, names and parameters that Keras's summary shows")
  func digits() throws {
    let network = try Network(input: [28, 28, 1], layers: digitLayers, kernels: .best)
    #expect(
      network.layers.map(\.name) == [
        "conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "flatten", "dropout", "dense",
      ])
    #expect(
      network.layers.map(\.output) == [
        [26, 26, 32], [13, 13, 32], [11, 11, 64], [5, 5, 64], [1600], [1600], [10],
      ])
    #expect(network.layers.map(\.parameterCount) == [320, 0, 18_496, 0, 0, 0, 16_010])
    #expect(network.parameters.parameterCount == 34_826)
    #expect(network.output == [10])
    #expect(
      network.layers.map(\.kerasClass) == [
        "Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dropout", "Dense",
      ])
  }

  @Test("operations count a multiply-add as two, and bias, function and pooling as one for each element")
  func flops() throws {
    let network = try Network(input: [28, 28, 1], layers: digitLayers, kernels: .best)
    let conv1 = 26 * 26 * 32 * (2 * 9 + 2)
    let conv2 = 11 * 11 * 64 * (2 * 9 * 32 + 2)
    let expected = [conv1, 13 * 13 * 32 * 4, conv2, 5 * 5 * 64 * 4, 0, 1600, 2 * 16_000 + 10]
    #expect(network.layers.map(\.flops) == expected)
    #expect(network.flops == expected.reduce(0, +))
  }

  @Test(
    "the output has the lengths of the formulas",
    arguments: [
      // size, kernel, stride, valid, same; Keras: ⌊(size − kernel) / stride⌋ + 1 and ⌈size / stride⌉.
      (7, 3, 1, 5, 7), (7, 3, 2, 3, 4), (8, 3, 2, 3, 4), (8, 2, 3, 3, 3), (9, 9, 1, 1, 9), (5, 1, 4, 2, 2),
    ])
  func lengths(size: Int, kernel: Int, stride: Int, valid: Int, same: Int) throws {
    for (padding, length) in [(Window2D.Padding.valid, valid), (.same, same)] {
      let (kernel, stride) = (Window2D.Extent(height: kernel, width: 1), Window2D.Extent(height: stride, width: 1))
      let layers: [any Layer] = [
        Conv2D(filters: 2, kernel: kernel, stride: stride, padding: padding),
        MaxPool2D(size: kernel, stride: stride, padding: padding),
        AveragePool2D(size: kernel, stride: stride, padding: padding),
      ]
      for layer in layers {
        #expect(try layer.plan(input: [size, 4, 2], context: PlanContext(kernels: .best)).output == [length, 4, 2])
      }
    }
  }

  @Test("layers with options name their parameters and shapes")
  func options() throws {
    let network = try Network(
      input: [5, 5, 2],
      layers: [
        Conv2D(filters: 3, kernel: .init(height: 2, width: 4), useBias: false), Flatten(),
        Dense(units: 2, useBias: false),
        Dense(units: 7, activation: .gelu),
      ], kernels: .best)
    #expect(
      network.parameters.entries.map(\.name) == ["conv2d/kernel", "dense/kernel", "dense_1/kernel", "dense_1/bias"])
    #expect(network.parameters.entries.map(\.spec.shape) == [[2, 4, 2, 3], [24, 2], [2, 7], [7]])
    #expect(
      network.parameters.entries.map(\.datasetPath) == [
        "/layers/conv2d/vars/0", "/layers/dense/vars/0", "/layers/dense_1/vars/0", "/layers/dense_1/vars/1",
      ])
    #expect(network.layers.map(\.activation) == [nil, nil, nil, .gelu])
  }

  @Test("tensors begin on cache lines, in order, and do not overlap")
  func layout() throws {
    let network = try Network(input: [28, 28, 1], layers: digitLayers, kernels: .best)
    let layout = network.parameters
    var end = 0
    for entry in layout.entries {
      #expect(entry.range.lowerBound % ParameterLayout.alignment == 0)
      #expect(entry.range.lowerBound >= end)
      #expect(entry.range.lowerBound - end < ParameterLayout.alignment)
      #expect(entry.range.count == entry.spec.shape.count)
      end = entry.range.upperBound
    }
    #expect(layout.count >= end && layout.count - end < ParameterLayout.alignment)
    #expect(layout.count % ParameterLayout.alignment == 0)
  }
}
