import Pictures

/// The filters of the first layer as a picture each, for the page of a run: the strongest weight of a filter has the full colour.
public struct FilterPictures: Sendable {
  /// Most weights of all filters that are shown: a page is to go by mail.
  private static let shownWeights = 60_000

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

  /// Draws a kernel.
  init(of kernel: FirstLayerKernel) {
    (layer, isConvolution) = (kernel.layer, kernel.isConvolution)
    (width, height, count) = (kernel.width, kernel.height, kernel.filters)
    coloring = kernel.channels == 1 ? .signed : kernel.channels == 3 ? .colors : .mean(channels: kernel.channels)
    let shown = min(kernel.shownFilters, max(1, Self.shownWeights / (kernel.width * kernel.height)))
    pictures = (0..<shown).map { PNG.encode(Self.picture(of: kernel, filter: $0)) }
  }

  private static func picture(of kernel: FirstLayerKernel, filter: Int) -> Picture {
    let strongest = kernel.strongest(of: filter..<filter + 1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * kernel.height * kernel.width)
    for row in 0..<kernel.height {
      for column in 0..<kernel.width {
        let weights = (0..<kernel.shownChannels).map { channel in
          let weight = kernel.weight(filter: filter, row: row, column: column, channel: channel)
          return strongest > 0 && weight.isFinite ? weight / strongest : 0
        }
        bytes += color(weights)
      }
    }
    return Picture(width: kernel.width, height: kernel.height, channels: .color, bytes: bytes)
  }

  /// Red, green and blue of a pixel.
  ///
  /// - Parameter weights: one or three, from -1 to 1.
  private static func color(_ weights: [Float]) -> [UInt8] {
    if weights.count == 3 { return weights.map { UInt8((127.5 + 127.5 * $0).rounded()) } }
    let ink: [Float] = weights[0] < 0 ? [0, 84, 159] : [200, 80, 0]
    return ink.map { UInt8((255 + ($0 - 255) * weights[0].magnitude).rounded()) }
  }

  /// What the pictures are, in words.
  var description: String {
    let shown = pictures.count < count ? "the first \(pictures.count) of \(NumberText.grouped(count))" : "all \(count)"
    let kind = isConvolution ? "filters" : "units"
    return "\(shown) \(kind) of \(layer), \(height) × \(width) weights each"
  }
}
