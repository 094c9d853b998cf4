import Networks
import Tensors
import Testing

@Suite("Shape errors")
struct ShapeErrorTests {
  private static let head: [any Layer] = [Flatten(), Dense(units: 10)]

  private static let cases: [(input: Shape, layers: [any Layer], message: String, key: String?)] = [
    (
      [28, 28, 1], [Dense(units: 10)],
      "layer 0 (dense): input is 28 × 28 × 1, but dense takes a row of numbers; put a flatten layer before it", nil
    ),
    (
      [3, 3, 1], [Conv2D(filters: 8, kernel: .init(5))] + head,
      "layer 0 (conv2d): input is 3 × 3 × 1, but a 5 × 5 kernel needs at least 5 × 5; use padding \"same\" or a smaller kernel",
      "kernel"
    ),
    (
      [8, 8, 1],
      [Conv2D(filters: 8, kernel: .init(3)), MaxPool2D(), Conv2D(filters: 8, kernel: .init(3)), MaxPool2D()] + head,
      "layer 3 (max_pooling2d_1): input is 1 × 1 × 8, but a 2 × 2 window needs at least 2 × 2; use padding \"same\" or a smaller size",
      "size"
    ),
    (
      [8, 3, 2], [AveragePool2D(size: .init(height: 2, width: 4))] + head,
      "layer 0 (average_pooling2d): input is 8 × 3 × 2, but a 2 × 4 window needs at least 2 × 4; use padding \"same\" or a smaller size",
      "size"
    ),
    (
      [784], [Conv2D(filters: 8, kernel: .init(3))] + head,
      "layer 0 (conv2d): input is 784, but conv2d takes an image: height × width × channels", nil
    ),
    (
      [4, 4, 1], [Flatten(), MaxPool2D()] + head,
      "layer 1 (max_pooling2d): input is 16, but maxPool2d takes an image: height × width × channels", nil
    ),
    (
      [16], [AveragePool2D()] + head,
      "layer 0 (average_pooling2d): input is 16, but averagePool2d takes an image: height × width × channels", nil
    ),
    (
      [16], [GlobalAveragePool2D()] + head,
      "layer 0 (global_average_pooling2d): input is 16, but globalAveragePool2d takes an image: height × width × channels",
      nil
    ),
    (
      [64, 64, 1], [MaxPool2D(size: .init(height: 17, width: 16))] + head,
      "layer 0 (max_pooling2d): a window of 17 × 16 has 272 cells, but maxPool2d takes at most 256", "size"
    ),
    (
      [40_000, 40_000, 1], [Conv2D(filters: 2, kernel: .init(3))] + head,
      "layer 0 (conv2d): input is 40000 × 40000 × 1, for which 2 filters are too many", "filters"
    ),
    (
      [40_000, 40_000, 1], [Flatten(), Dense(units: 2)],
      "layer 1 (dense): a kernel of 1600000000 × 2 is too large", "units"
    ),
    (
      [28, 28, 1], [MaxPool2D(), Flatten()],
      "no layer has parameters, so there is nothing to train; add a dense or conv2d layer", nil
    ),
    ([28, 28, 1], [], "no layer has parameters, so there is nothing to train; add a dense or conv2d layer", nil),
  ]

  @Test("a layer that does not fit is named with what came and what it wants", arguments: cases.indices)
  func layers(index: Int) throws {
    let (input, layers, message, key) = ShapeErrorTests.cases[index]
    let error = try #require(throws: NetworkError.self) {
      try Network(input: input, layers: layers, kernels: .best)
    }
    #expect(error.description == message)
    #expect(error.error.key == key)
  }

  @Test("a network that is too large for any machine is refused, not a trap")
  func tooLarge() throws {
    let layer = Conv2D(filters: 1, kernel: .init(1_024), padding: .same)
    let error = try #require(throws: NetworkError.self) {
      try Network(input: [46_000, 46_000, 1], layers: Array(repeating: layer, count: 3_000), kernels: .best)
    }
    #expect(error.error.message == "with this layer the network is too large for any machine")
  }

  @Test("a loss says what the network should end with")
  func losses() throws {
    let image = try #require(throws: ShapeError.self) { try SoftmaxCrossEntropy().check(output: [5, 5, 2]) }
    #expect(
      image.message
        == "output is 5 × 5 × 2, but softmaxCrossEntropy takes a row with a number for each class; end with a dense layer"
    )
    let single = try #require(throws: ShapeError.self) { try MeanSquaredError().check(output: [1]) }
    #expect(
      single.message
        == "output is a single number, but meanSquaredError takes one for each class; there are at least 2 classes")
    try SoftmaxCrossEntropy().check(output: [2])
  }
}
