import Checkpoints
import Networks
import Pictures

/// What the first layer with parameters looks for in an image: a picture of each filter's weights.
public struct FilterSheet: Sendable {
  /// Most filters that are shown, and most weights of all of them: a page is to go by mail.
  private static let (shownFilters, shownWeights) = (64, 60_000)
  /// Larger pictures than this say nothing.
  private static let longestSide = 128

  /// How weights become colours.
  public enum Coloring: Sendable, Equatable {
    /// One channel: blue below 0, white at 0, orange above.
    case signed
    /// Three channels as red, green and blue; grey is 0.
    case colors
    /// The mean over more channels, coloured as one.
    case mean(channels: Int)
  }

  /// The layer's name.
  public let layer: String
  /// Whether it is a convolution; else each unit has a weight for each pixel.
  public let isConvolution: Bool
  /// Size of a filter, and how many the layer has.
  public let width: Int
  public let height: Int
  public let count: Int
  public let coloring: Coloring
  /// PNG files of the first filters.
  public let pictures: [[UInt8]]

  /// The pictures of a checkpoint's first layer; nil where it does not look at the image itself: a dense layer behind a pooling, say.
  init?(of parameters: [NamedTensor], network: Network) {
    guard let entry = network.parameters.entries.first, network.input.rank == 3,
      let layer = network.layers.first(where: { $0.name == entry.layer }),
      let tensor = parameters.first(where: { $0.path == entry.datasetPath })?.tensor, tensor.shape == entry.spec.shape
    else { return nil }
    let image = network.input.dimensions
    let extents = tensor.shape.dimensions
    let (height, width, channels, count): (Int, Int, Int, Int)
    switch (layer.type, extents.count) {
    // Whatever stands before it has as many channels as the image, so that a channel is a channel.
    case ("conv2d", 4) where extents[2] == image[2]:
      (height, width, channels, count) = (extents[0], extents[1], extents[2], extents[3])
    case ("dense", 2) where extents[0] == network.input.count && Self.keepsOrder(before: layer, in: network):
      (height, width, channels, count) = (image[0], image[1], image[2], extents[1])
    default: return nil
    }
    guard (1...Self.longestSide).contains(height), (1...Self.longestSide).contains(width), count > 0 else { return nil }
    self.layer = layer.name
    isConvolution = layer.type == "conv2d"
    (self.width, self.height, self.count) = (width, height, count)
    coloring = channels == 1 ? .signed : channels == 3 ? .colors : .mean(channels: channels)
    let coloring = coloring
    let values = tensor.array()
    pictures = (0..<min(count, Self.shownFilters, max(1, Self.shownWeights / (width * height)))).map { filter in
      let weights = (0..<width * height).map { pixel in
        (0..<channels).map { values[(pixel * channels + $0) * count + filter] }
      }
      let bytes = Self.bytes(weights, coloring)
      return PNG.encode(Picture(width: width, height: height, channels: .color, bytes: bytes))
    }
  }

  /// Whether all layers before one leave the pixels where they are.
  private static func keepsOrder(before layer: Network.Entry, in network: Network) -> Bool {
    network.layers.prefix { $0.name != layer.name }.allSatisfy {
      ["flatten", "dropout", "activation"].contains($0.type)
    }
  }

  /// Red, green and blue of each pixel; the strongest weight of the filter has the strongest colour.
  private static func bytes(_ weights: [[Float]], _ coloring: Coloring) -> [UInt8] {
    let shown = coloring == .colors ? weights : weights.map { [$0.reduce(0, +) / Float(max($0.count, 1))] }
    let strongest = shown.joined().lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
    func scaled(_ weight: Float) -> Float { strongest > 0 && weight.isFinite ? weight / strongest : 0 }
    return shown.flatMap { pixel -> [UInt8] in
      if coloring == .colors { return pixel.map { UInt8((127.5 + 127.5 * scaled($0)).rounded()) } }
      let value = scaled(pixel[0])
      let ink: [Float] = value < 0 ? [0, 84, 159] : [200, 80, 0]
      return ink.map { UInt8((255 + ($0 - 255) * value.magnitude).rounded()) }
    }
  }

  /// What the pictures are, in words.
  var description: String {
    let shown = pictures.count < count ? "the first \(pictures.count) of \(NumberText.grouped(count))" : "all \(count)"
    let kind = isConvolution ? "filters" : "units"
    return "\(shown) \(kind) of \(layer), \(height) × \(width) weights each"
  }
}
