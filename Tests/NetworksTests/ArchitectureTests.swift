import Networks
import Tensors
import Testing

@Suite("Architecture")
struct ArchitectureTests {
  private func architecture(_ input: Shape, _ layers: [any Layer]) throws -> Architecture {
    Architecture(try Network(input: input, layers: layers, kernels: .best))
  }

  @Test("the text has a line for the input and for each layer")
  func text() throws {
    let text = try architecture([28, 28, 1], digitLayers).text
    #expect(
      text == """
        input shape=28x28x1
        conv2d type=conv2d activation=relu output=26x26x32 kernel=3x3x1x32 bias=32
        max_pooling2d type=maxPool2d output=13x13x32
        conv2d_1 type=conv2d activation=relu output=11x11x64 kernel=3x3x32x64 bias=64
        max_pooling2d_1 type=maxPool2d output=5x5x64
        flatten type=flatten output=1600
        dropout type=dropout output=1600
        dense type=dense output=10 kernel=1600x10 bias=10
        """)
  }

  @Test("the text is read back")
  func roundTrip() throws {
    let architecture = try architecture(
      [28, 28, 1], digitLayers + [Activation(.tanh), Dense(units: 3, activation: .leakyRelu(slope: 0.25))])
    #expect(Architecture(text: architecture.text) == architecture)
    #expect(architecture.disagreements(withCheckpoint: architecture).isEmpty)
  }

  @Test(
    "other texts are refused",
    arguments: [
      "", "\n", "dense type=dense", "input", "input shape", "input shape=3=4", "input shape=3\ninput shape=3",
      "input shape=3\ndense",
    ])
  func bad(text: String) { #expect(Architecture(text: text) == nil) }

  @Test("every disagreement with a checkpoint is listed, not only the first")
  func disagreements() throws {
    let network = try architecture(
      [28, 28, 1],
      [
        Conv2D(filters: 32, kernel: .init(5), activation: .gelu), MaxPool2D(), Flatten(),
        Dense(units: 10, useBias: false), Activation(.relu),
      ])
    let checkpoint = try architecture(
      [28, 28, 1],
      [
        Conv2D(filters: 32, kernel: .init(3)), MaxPool2D(), Flatten(), Dropout(rate: 0.5), Dense(units: 10),
      ])
    #expect(
      network.disagreements(withCheckpoint: checkpoint) == [
        "conv2d: activation is none in the checkpoint, gelu in the network",
        "conv2d: output is 26x26x32 in the checkpoint, 24x24x32 in the network",
        "conv2d: kernel is 3x3x1x32 in the checkpoint, 5x5x1x32 in the network",
        "max_pooling2d: output is 13x13x32 in the checkpoint, 12x12x32 in the network",
        "flatten: output is 5408 in the checkpoint, 4608 in the network",
        "dense: kernel is 5408x10 in the checkpoint, 4608x10 in the network",
        "dense: bias is 10 in the checkpoint, none in the network",
        "activation: not in the checkpoint (type=activation activation=relu output=10)",
        "dropout: in the checkpoint only (type=dropout output=5408)",
      ])
  }

  @Test("the same layers in another order disagree")
  func order() throws {
    let network = try architecture([4], [Dense(units: 4), Activation(.relu), Dropout(rate: 0.5)])
    let checkpoint = try architecture([4], [Dense(units: 4), Dropout(rate: 0.5), Activation(.relu)])
    #expect(
      network.disagreements(withCheckpoint: checkpoint) == [
        "the layers come in another order: dense, dropout, activation in the checkpoint, "
          + "dense, activation, dropout in the network"
      ])
  }

  @Test("what changes training but not the weights' meaning is no disagreement")
  func irrelevant() throws {
    let network = try architecture([4], [Dense(units: 4, kernelInitializer: .heNormal), Dropout(rate: 0.5)])
    let checkpoint = try architecture([4], [Dense(units: 4), Dropout(rate: 0.25)])
    #expect(network.disagreements(withCheckpoint: checkpoint).isEmpty)
  }
}
