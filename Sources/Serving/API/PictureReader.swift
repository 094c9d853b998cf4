import Datasets
import Pictures
import Settings
import Tensors

/// Makes the network's images of pictures of any size, as `lockstep predict` does.
struct PictureReader: Sendable {
  /// What was done with a picture.
  struct Note: Sendable {
    var treatment: String
    var isInverted: Bool
    var isBlank: Bool

    var json: JSONValue {
      ["treatment": .string(treatment), "isInverted": .bool(isInverted), "isBlank": .bool(isBlank)]
    }
  }

  /// A picture may claim to be large and be short: 4,096 × 4,096 pixels are more than any of a digit needs.
  private static let limits = PictureLimits(pixels: 1 << 24)

  /// Whether pictures can be made into images of a shape.
  static func takes(_ shape: PixelShape) -> Bool { PicturePreparation(shape: shape.shape) != nil }

  static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }

  /// - Throws: 422 with what is wrong with the picture.
  func pixels(ofPNG bytes: [UInt8], shape: PixelShape) throws(HTTPError) -> (pixels: [UInt8], note: Note) {
    guard let preparation = PicturePreparation(shape: shape.shape) else {
      throw HTTPError(.unprocessable, "no picture has the network's \(shape.channels) channels; send pixels")
    }
    do throws(PictureFault) {
      let prepared = preparation.prepare(try PNG.decode(bytes, limits: PictureReader.limits))
      return (
        prepared.bytes,
        Note(treatment: prepared.treatment.rawValue, isInverted: prepared.isInverted, isBlank: prepared.isBlank)
      )
    } catch {
      throw HTTPError(.unprocessable, "the picture cannot be read: \(error)")
    }
  }
}
