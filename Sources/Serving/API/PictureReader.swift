/// Makes the network's images of pictures of any size.
struct PictureReader: Sendable {
  /// Whether pictures can be read.
  static let isThere = false

  static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }

  func pixels(ofPNG bytes: [UInt8], shape: PixelShape) throws(HTTPError) -> [UInt8] {
    throw HTTPError(.unsupportedMediaType, "PNG images are not read yet")
  }
}
