import Networks
import Tensors
import Testing

/// What overwrites what, seen from outside: a stage with memory of its own makes the workspace larger.
@Suite("Memory plan")
struct MemoryPlanTests {
  /// Bytes of one sample's workspace.
  private func bytes(_ layers: [any Layer], input: Shape = [16]) throws -> Int {
    let network = try Network(input: input, layers: layers, kernels: .best)
    return Workspace.byteCount(for: network, capacity: 2) - Workspace.byteCount(for: network, capacity: 1)
  }

  /// Bytes that `layer` adds between two dense layers of 64 units, behind `before`.
  private func added(by layer: any Layer, behind before: [any Layer] = []) throws -> Int {
    let start: [any Layer] = [Dense(units: 64)] + before
    return try bytes(start + [layer, Dense(units: 64)]) - bytes(start + [Dense(units: 64)])
  }

  private let buffer = 4 * 64
  /// What dropout keeps of 64 elements: a bit for each.
  private let mask = 64 / 8

  @Test("what is told from its output overwrites its input behind a dense layer")
  func inPlace() throws {
    for function in [ActivationFunction.relu, .leakyRelu(slope: 0.1), .tanh, .sigmoid] {
      #expect(try added(by: Activation(function)) == 0)
    }
    #expect(try added(by: Dropout(rate: 0.5)) == mask)
    #expect(try added(by: Activation(.relu), behind: [Dropout(rate: 0.5)]) == 0)
    #expect(try bytes([Dense(units: 64, activation: .relu)]) == bytes([Dense(units: 64)]))
  }

  @Test("gelu and silu keep their input")
  func separate() throws {
    for function in [ActivationFunction.gelu, .silu] {
      #expect(try added(by: Activation(function)) == buffer)
      // Nobody reads their output, so the next one may overwrite it.
      #expect(try added(by: Activation(.relu), behind: [Activation(function)]) == 0)
    }
  }

  @Test("nobody overwrites an output that a backward pass will read")
  func needed() throws {
    #expect(try added(by: Activation(.relu), behind: [Activation(.tanh)]) == buffer)
    #expect(try added(by: Dropout(rate: 0.5), behind: [Activation(.relu)]) == buffer + mask)
    #expect(try added(by: Dropout(rate: 0.5), behind: [Activation(.relu), Flatten()]) == buffer + mask)
  }

  @Test("nobody overwrites the batch")
  func batch() throws {
    #expect(try bytes([Dropout(rate: 0.5), Dense(units: 64)]) - bytes([Dense(units: 64)]) == 4 * 16 + 16 / 8)
    let set = try TrainingSet(
      input: [16], layers: [Flatten(), Activation(.relu), Dense(units: 3)], samples: 4, kernels: .best)
    let before = set.inputs.view.array()
    _ = set.train()
    #expect(set.inputs.view.array() == before)
  }

  @Test("flatten and dropout of rate 0 take nothing and compute nothing")
  func alias() throws {
    #expect(try added(by: Flatten()) == 0)
    #expect(try added(by: Dropout(rate: 0)) == 0)
    #expect(try added(by: Dropout(rate: 0), behind: [Activation(.tanh)]) == 0)
    let network = try Network(input: [16], layers: [Dense(units: 4), Dropout(rate: 0)], kernels: .best)
    #expect(network.flops == 2 * 64 + 4)
  }

  @Test("max-pooling keeps one byte for each output")
  func winners() throws {
    let conv = Conv2D(filters: 4, kernel: .init(3))
    let head: [any Layer] = [Flatten(), Dense(units: 2)]
    let pooled = try bytes([conv, MaxPool2D()] + head, input: [10, 10, 1])
    let averaged = try bytes([conv, AveragePool2D()] + head, input: [10, 10, 1])
    #expect(pooled - averaged == 4 * 4 * 4)
  }

  @Test("convolution, ReLU and max-pooling keep the pooled image and three bits for each of its values")
  func fused() throws {
    let head: [any Layer] = [Flatten(), Dense(units: 2)]
    let conv = Conv2D(filters: 16, kernel: .init(3), activation: .relu)
    let unfused = Conv2D(filters: 16, kernel: .init(3), activation: .tanh)
    // The unfused image, its pooled one and a byte for each of that; and gradients as large as the unfused image.
    let saved =
      try bytes([unfused, MaxPool2D()] + head, input: [10, 10, 1])
      - bytes([conv, MaxPool2D()] + head, input: [10, 10, 1])
    let (image, pooled) = (8 * 8 * 16, 4 * 4 * 16)
    #expect(saved == 4 * image + pooled - pooled / 16 * 6 + 2 * 4 * (image - pooled))
  }

  @Test("a size that no number holds is the largest number, not a trap")
  func overflow() throws {
    let network = try Network(
      input: [40_000, 40_000, 1], layers: [Conv2D(filters: 1, kernel: .init(1))], kernels: .best)
    #expect(Workspace.byteCount(for: network, capacity: Int.max / 2) == Int.max)
  }
}
