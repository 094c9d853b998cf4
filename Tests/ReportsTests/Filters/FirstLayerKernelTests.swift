import Networks
import Reports
import Tensors
import Testing

@Suite("The kernel of the first layer")
struct FirstLayerKernelTests {
  /// The kernel of a network whose weights count from 0.
  private func kernel(_ layers: String, input: Shape) throws -> FirstLayerKernel? {
    let network = FirstLayers.network(layers, input: input)
    let weights = Storage((0..<(try #require(network.parameters.entries.first)).range.count).map(Float.init))
    return withExtendedLifetime(weights) { FirstLayerKernel(of: network, values: weights.view) }
  }

  @Test("a convolution over the image, also behind a layer that leaves its channels as they are")
  func convolution() throws {
    for before in ["", #""maxPool2d","#] {
      let layers =
        #"[\#(before) { "type": "conv2d", "filters": 5, "kernel": 3 }, "flatten", { "type": "dense", "units": 9 }]"#
      let kernel = try #require(try kernel(layers, input: [12, 12, 3]))
      #expect(kernel.layer == "conv2d" && kernel.isConvolution)
      #expect([kernel.height, kernel.width, kernel.channels, kernel.filters] == [3, 3, 3, 5])
      #expect(kernel.shownChannels == 3 && kernel.shownFilters == 5)
      #expect(kernel.weight(filter: 4, row: 1, column: 2, channel: 1) == Float(((1 * 3 + 2) * 3 + 1) * 5 + 4))
      #expect(kernel.strongest(of: 0..<5) == 134 && kernel.strongest(of: 1..<2) == 131)
    }
  }

  @Test("a dense layer over the pixels, as long as they stay where they are")
  func dense() throws {
    let dense = #"{ "type": "dense", "units": 70 }"#
    let kernel = try #require(
      try kernel(#"["flatten", { "type": "dropout", "rate": 0.5 }, \#(dense)]"#, input: [4, 6, 1]))
    #expect(kernel.layer == "dense" && !kernel.isConvolution)
    #expect([kernel.height, kernel.width, kernel.channels, kernel.filters] == [4, 6, 1, 70])
    #expect(kernel.shownFilters == 64)
    #expect(kernel.weight(filter: 63, row: 3, column: 5, channel: 0) == Float((3 * 6 + 5) * 70 + 63))
    #expect(try self.kernel(#"["maxPool2d", "flatten", \#(dense)]"#, input: [4, 6, 1]) == nil)
  }

  @Test("channels that are no colours are shown by their mean", arguments: [2, 4])
  func mean(channels: Int) throws {
    let kernel = try #require(
      try kernel(#"["flatten", { "type": "dense", "units": 2 }]"#, input: Shape([3, 3, channels])))
    #expect(kernel.channels == channels && kernel.shownChannels == 1)
    let weights = (0..<channels).map { Float((4 * channels + $0) * 2 + 1) }
    #expect(kernel.weight(filter: 1, row: 1, column: 1, channel: 0) == weights.reduce(0, +) / Float(channels))
  }

  @Test("filters that would make large pictures are none")
  func large() throws {
    let layers = #"["flatten", { "type": "dense", "units": 64 }]"#
    #expect(try kernel(layers, input: [128, 1, 1]) != nil)
    #expect(try kernel(layers, input: [129, 1, 1]) == nil)
    #expect(try kernel(layers, input: [1, 129, 1]) == nil)
    #expect(try kernel(layers, input: [144_000, 1, 1]) == nil)
  }
}
