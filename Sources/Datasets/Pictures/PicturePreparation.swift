import Pictures
import Tensors

/// Makes pictures of any size into samples like those that a network was trained on.
///
/// For 28 × 28 × 1, MNIST's shape, `DigitCentering` says what is done. Any other shape, or where `isRaw` is asked for, gets the picture
/// stretched to its size, each axis by area averaging or linear interpolation (`Picture.resized`), as grey or with colours; transparent
/// pixels are then white.
public struct PicturePreparation: Sendable {
  /// `[height, width, channels]` of a sample.
  public let shape: Shape
  /// Whether digits, too, are only resized.
  public let isRaw: Bool

  /// - Returns: nil for a shape that pictures do not have: other than height, width, and 1 or 3 channels.
  public init?(shape: Shape, isRaw: Bool = false) {
    guard shape.rank == 3, shape[2] == 1 || shape[2] == 3, shape[0] <= Picture.longestSide,
      shape[1] <= Picture.longestSide
    else { return nil }
    self.shape = shape
    self.isRaw = isRaw
  }

  /// One sample.
  public func prepare(_ picture: Picture) -> PreparedPicture {
    if !isRaw, shape == DigitCentering.shape { return DigitCentering.prepare(picture) }
    let opaque = picture.laid(over: 255)
    let colored = shape[2] == 3 ? opaque.withColor : opaque.withoutColor
    let isUnchanged = colored.width == shape[1] && colored.height == shape[0]
    return PreparedPicture(
      bytes: colored.resized(width: shape[1], height: shape[0]).bytes, treatment: isUnchanged ? .unchanged : .resized,
      isInverted: false, isBlank: false)
  }
}

extension PicturePreparation {
  /// Whether the images of an IDX file are pictures.
  ///
  /// - Precondition: `[count, height, width]` or `[count, height, width, channels]`.
  /// - Throws: `PictureFault` where they have other than 1 or 3 channels, or are larger than `limits`.
  public func check(_ array: IDXArray, limits: PictureLimits) throws(PictureFault) {
    if array.dimensions.count == 4, ![1, 3].contains(array.dimensions[3]) {
      throw .otherFormat("an IDX file of images with \(array.dimensions[3]) channels")
    }
    try limits.check(width: array.dimensions[2], height: array.dimensions[1])
  }

  /// One sample, from an IDX file of images. An image of the right shape is a sample already: nothing is done to it.
  ///
  /// - Precondition: `check` has passed; such an image is in the array.
  public func prepare(_ array: IDXArray, image index: Int) -> PreparedPicture {
    let extents = Array(array.dimensions.dropFirst())
    let count = extents.reduce(1, *)
    let bytes = array.bytes.view[index * count..<(index + 1) * count].array()
    if extents == shape.dimensions || extents + [1] == shape.dimensions {
      return PreparedPicture(bytes: bytes, treatment: .unchanged, isInverted: false, isBlank: false)
    }
    let channels: Picture.Channels = extents.count == 3 && extents[2] == 3 ? .color : .grey
    return prepare(Picture(width: extents[1], height: extents[0], channels: channels, bytes: bytes))
  }
}
