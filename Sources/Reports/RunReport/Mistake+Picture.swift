import Datasets
import Pictures
import Training

extension RunReport.Mistake {
  /// Pictures with a longer side are made smaller: fifty of them are to go by mail.
  private static let longestSide = 48

  /// A sample that was taken for another class, with its image: in colours where it has three channels, else its first channel in grey.
  init(_ sample: Training.Mistake, of dataset: ImageDataset) {
    let extents = dataset.shape.dimensions
    let (height, width, channels) = (extents[0], extents[1], extents[2])
    let bytes = dataset.image(sample.sample).array()
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
    self.init(sample: sample, picture: PNG.encode(shown), width: shown.width, height: shown.height)
  }
}
