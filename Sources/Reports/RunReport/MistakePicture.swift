import Datasets
import Pictures
import Training

/// A sample that the network took for something else, with its image.
public struct MistakePicture: Sendable {
  /// Pictures with a longer side are made smaller: fifty of them are to go by mail.
  private static let longestSide = 48

  /// Which sample, and what it was taken for.
  public let mistake: Mistake
  /// The image as a PNG file, and its size in pixels.
  public let png: [UInt8]
  public let width: Int
  public let height: Int

  /// A mistake with its image: in colours where it has three channels, else its first channel in grey.
  ///
  /// - Returns: nil where the sample is no picture, but numbers or longer than one can be.
  init?(_ mistake: Mistake, of dataset: ImageDataset) {
    let extents = dataset.shape.dimensions
    let (height, width, channels) = (extents[0], extents[1], extents[2])
    guard dataset.elements == .bytes, max(height, width) <= Picture.longestSide else { return nil }
    let bytes = dataset.image(mistake.index).array()
    let whole =
      channels == 3
      ? Picture(width: width, height: height, channels: .color, bytes: bytes)
      : Picture(
        width: width, height: height, channels: .grey, bytes: (0..<width * height).map { bytes[$0 * channels] })
    let longest = max(width, height)
    let shown =
      longest <= Self.longestSide
      ? whole
      : whole.resized(
        width: max(1, width * Self.longestSide / longest), height: max(1, height * Self.longestSide / longest))
    self.mistake = mistake
    (png, self.width, self.height) = (PNG.encode(shown), shown.width, shown.height)
  }
}
