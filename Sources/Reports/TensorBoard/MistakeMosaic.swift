import Datasets
import Pictures
import Training

/// The samples that a network was surest about and wrong, the surest first, each with `label>prediction` below.
enum MistakeMosaic {
  private static let columns = 6
  /// Pixels that the longer side of a sample has at least, and all samples together at most.
  private static let (leastSide, mostPixels) = (56, 1 << 20)
  private static let (textZoom, textMargin) = (2, 3)

  /// nil where there are no mistakes, or samples are no grey or coloured images.
  static func picture(of mistakes: [Mistake], in dataset: ImageDataset) -> Picture? {
    let (height, width, channelCount) = (dataset.shape[0], dataset.shape[1], dataset.shape[2])
    guard dataset.elements == .bytes, let channels = Picture.Channels(rawValue: channelCount), !channels.hasAlpha
    else { return nil }
    let zoom = max(1, leastSide / max(height, width))
    let textHeight = Mosaic.textHeight(zoom: textZoom) + textMargin
    let (placeWidth, placeHeight) = (max(width * zoom, leastSide), height * zoom + textHeight)
    let shown = mistakes.prefix(max(1, mostPixels / (placeWidth * placeHeight)))
    guard !shown.isEmpty, placeWidth * placeHeight <= mostPixels else { return nil }
    var mosaic = Mosaic(
      count: shown.count, columns: columns, placeWidth: placeWidth, placeHeight: placeHeight, gap: 4,
      channels: channels, paper: 72)
    for (place, mistake) in shown.enumerated() {
      let image = dataset.image(mistake.index)
      mosaic.draw(place: place, width: width, height: height, zoom: zoom) { row, column, channel in
        image[(row * width + column) * channelCount + channel]
      }
      mosaic.write(
        "\(mistake.label)>\(mistake.prediction)", place: place, top: height * zoom + textMargin, zoom: textZoom,
        ink: 255)
    }
    return mosaic.picture
  }
}
