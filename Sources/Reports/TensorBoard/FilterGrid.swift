import Pictures
import Tensors
import Training

/// The filters of the first layer as pictures: grey is 0, white the largest weight, black minus that.
enum FilterGrid {
  private static let most = 64
  private static let columns = 8
  /// Pixels that the longer side of a filter has at least.
  private static let leastSide = 40

  /// The filters of a convolution over the input, or the weights that each unit of a dense layer gives its pixels; nil where the
  /// input is no grey or coloured image, or the first kernel does not look at it.
  static func picture(of parameters: [LentTensor], input: Shape) -> (name: String, picture: Picture)? {
    guard input.rank == 3, let channels = Picture.Channels(rawValue: input[2]), !channels.hasAlpha,
      let kernel = parameters.first(where: { $0.name.hasSuffix("/kernel") })
    else { return nil }
    let shape = kernel.shape
    let (height, width): (Int, Int)
    if shape.rank == 4, shape[2] == input[2] {
      (height, width) = (shape[0], shape[1])
    } else if shape.rank == 2, shape[0] == input.count {
      (height, width) = (input[0], input[1])
    } else {
      return nil
    }
    let filters = shape[shape.rank - 1]
    let shown = min(filters, most)
    let values = kernel.values
    var largest: Float = 0
    // Kernel and dense matrix alike: row, column, channel, filter.
    for index in 0..<values.count where index % filters < shown { largest = max(largest, values[index].magnitude) }
    let zoom = max(1, leastSide / max(height, width))
    var sheet = Sheet(
      count: shown, columns: columns, placeWidth: width * zoom, placeHeight: height * zoom, gap: 2, channels: channels,
      paper: 255)
    for filter in 0..<shown {
      sheet.draw(place: filter, width: width, height: height, zoom: zoom) { row, column, channel in
        byte(values[((row * width + column) * input[2] + channel) * filters + filter], largest: largest)
      }
    }
    return (String(kernel.name.dropLast("/kernel".count)), sheet.picture)
  }

  private static func byte(_ value: Float, largest: Float) -> UInt8 {
    guard largest > 0, value.isFinite else { return 128 }
    return UInt8(min(255, max(0, (127.5 + 127.5 * value / largest).rounded())))
  }
}
