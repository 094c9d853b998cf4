import Checkpoints
import Networks
import Tensors
import Training

/// What the first layer with parameters looks for in an image: the weights of each filter of a convolution over it, or those that each
/// unit of a dense layer gives its pixels.
///
/// Copies the weights of the filters that are shown, and no others.
package struct FirstLayerKernel: Sendable {
  /// Most filters that are shown.
  package static let mostShown = 64
  /// Larger pictures than this say nothing. So many of so large a side have a million pixels, for which a training can wait.
  package static let longestSide = 128

  /// The layer's name.
  package let layer: String
  /// Whether it is a convolution; else each unit has a weight for each pixel.
  package let isConvolution: Bool
  /// Rows and columns of a filter.
  package let height: Int
  package let width: Int
  /// Channels of the image.
  package let channels: Int
  /// Filters of the layer.
  package let filters: Int
  /// `[shownFilters, height, width, shownChannels]`.
  private let weights: [Float]

  /// Three channels are red, green and blue; of any other number the mean is shown.
  package var shownChannels: Int { Self.shownChannels(of: channels) }
  /// The first filters.
  package var shownFilters: Int { min(filters, Self.mostShown) }

  /// - Parameter values: of the network's first tensor of parameters.
  /// - Returns: nil where that does not look at the image itself, as a dense layer behind a pooling, or its filters are too large.
  package init?(of network: Network, values: View<Float>) {
    guard let entry = network.parameters.entries.first, network.input.rank == 3,
      let layer = network.layers.first(where: { $0.name == entry.layer })
    else { return nil }
    let (image, extents) = (network.input.dimensions, entry.spec.shape.dimensions)
    switch (layer.type, extents.count) {
    // Whatever stands before it has as many channels as the image, so that a channel is a channel.
    case ("conv2d", 4) where extents[2] == image[2]:
      (height, width, channels, filters) = (extents[0], extents[1], extents[2], extents[3])
    case ("dense", 2) where extents[0] == network.input.count && Self.keepsOrder(before: layer, in: network):
      (height, width, channels, filters) = (image[0], image[1], image[2], extents[1])
    default: return nil
    }
    guard max(height, width) <= Self.longestSide, values.count == entry.spec.shape.count else { return nil }
    self.layer = layer.name
    isConvolution = layer.type == "conv2d"
    weights = Self.shown(of: values, pixels: height * width, channels: channels, filters: filters)
  }

  /// A weight that is shown.
  package func weight(filter: Int, row: Int, column: Int, channel: Int) -> Float {
    weights[((filter * height + row) * width + column) * shownChannels + channel]
  }

  /// The largest magnitude of some filters' weights; 0 where none is a number.
  package func strongest(of filters: Range<Int>) -> Float {
    let count = height * width * shownChannels
    return weights[filters.lowerBound * count..<filters.upperBound * count].reduce(0) {
      $1.isFinite ? max($0, $1.magnitude) : $0
    }
  }

  private static func shownChannels(of channels: Int) -> Int { channels == 3 ? 3 : 1 }

  /// - Parameter values: `[pixels, channels, filters]`, in a kernel and in a dense layer's matrix alike.
  private static func shown(of values: View<Float>, pixels: Int, channels: Int, filters: Int) -> [Float] {
    let shownChannels = shownChannels(of: channels)
    // A channel alone is its own mean.
    let merged = channels / shownChannels
    var weights: [Float] = []
    weights.reserveCapacity(min(filters, mostShown) * pixels * shownChannels)
    for filter in 0..<min(filters, mostShown) {
      for place in 0..<pixels * shownChannels {
        let first = place * merged
        let sum = (first..<first + merged).reduce(Float(0)) { $0 + values[$1 * filters + filter] }
        weights.append(sum / Float(merged))
      }
    }
    return weights
  }

  /// Whether all layers before one leave the pixels where they are.
  private static func keepsOrder(before layer: Network.Entry, in network: Network) -> Bool {
    network.layers.prefix { $0.name != layer.name }.allSatisfy {
      ["flatten", "dropout", "activation"].contains($0.type)
    }
  }
}

extension FirstLayerKernel {
  /// The kernel of a checkpoint.
  package init?(of network: Network, in parameters: [NamedTensor]) {
    guard let entry = network.parameters.entries.first,
      let tensor = parameters.first(where: { $0.path == entry.datasetPath })?.tensor, tensor.shape == entry.spec.shape,
      let kernel = tensor.withValues({ FirstLayerKernel(of: network, values: $0) })
    else { return nil }
    self = kernel
  }

  /// The kernel of a model that is trained.
  package init?(of network: Network, in parameters: [LentTensor]) {
    guard let entry = network.parameters.entries.first,
      let tensor = parameters.first(where: { $0.name == entry.name })
    else { return nil }
    self.init(of: network, values: tensor.values)
  }
}
