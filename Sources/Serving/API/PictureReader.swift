import Datasets
import Pictures
import Settings
import Tensors

/// Makes the network's images of the pictures of a request, of any size, as `lockstep predict` does.
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

  /// Whether pictures can be made into images of a shape.
  static func takes(_ shape: PixelShape) -> Bool { PicturePreparation(shape: shape.shape) != nil }

  static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }

  /// Most pixels of a request's pictures together.
  private let limit: Int
  /// Of these, those that are left: few bytes can hold many pixels, and each costs time.
  private var left: Int

  /// - Parameter limit: most pixels of a request's pictures together.
  init(limit: Int) { (self.limit, left) = (limit, limit) }

  /// - Throws: 413 where the request's pictures are too large together; 422 with what is wrong with this one.
  mutating func pixels(ofPNG bytes: [UInt8], shape: PixelShape) throws(HTTPError) -> (pixels: [UInt8], note: Note) {
    guard let preparation = PicturePreparation(shape: shape.shape) else {
      throw HTTPError(.unprocessable, "no picture has the network's \(shape.channels) channels; send pixels")
    }
    do throws(PictureFault) {
      let picture = try PNG.decode(bytes, limits: PictureLimits(pixels: left))
      left -= picture.pixelCount
      let prepared = preparation.prepare(picture)
      return (
        prepared.bytes,
        Note(treatment: prepared.treatment.rawValue, isInverted: prepared.isInverted, isBlank: prepared.isBlank)
      )
    } catch {
      guard case .tooLarge = error else { throw HTTPError(.unprocessable, "the picture cannot be read: \(error)") }
      throw HTTPError(.tooLarge, "the picture \(error); those of a request may have \(limit) together")
    }
  }
}
