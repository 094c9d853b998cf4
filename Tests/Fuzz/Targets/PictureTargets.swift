import Datasets
import Pictures

/// A PNG file. A first byte says what the rest is: 0 the file as it is; 1 the file, whose chunks get the right checksums, which a fuzzer
/// would never find.
enum PNGTarget {
  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    let isSealed = input.byte() & 1 == 1
    var file = input.rest()
    if isSealed { seal(&file) }
    guard let picture = try PictureCheck.picture(file) else { return }
    guard (try? PNG.decode(PNG.encode(picture))) == picture else {
      throw FuzzFailure("what was written reads as something else")
    }
  }

  /// Puts the checksum behind each chunk, as far as there are any.
  private static func seal(_ file: inout [UInt8]) {
    var offset = 8
    while offset + 12 <= file.count {
      let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - offset - 12 else { return }
      let end = offset + 8 + length
      let checksum = Gzip.checksum(file[offset + 4..<end])
      for (index, shift) in [24, 16, 8, 0].enumerated() {
        file[end + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(shift))
      }
      offset = end + 4
    }
  }
}

/// A PGM file.
enum PGMTarget {
  static func run(_ bytes: [UInt8]) throws(FuzzFailure) { _ = try PictureCheck.picture(bytes) }
}

/// What holds of every picture.
private enum PictureCheck {
  /// Small, so that a fuzzer spends its time on other things than pixels.
  private static let limits = PictureLimits(pixels: 1 << 14)

  /// Reads a picture and makes samples of it; nil where it was refused in words.
  static func picture(_ file: [UInt8]) throws(FuzzFailure) -> Picture? {
    let picture: Picture
    do throws(PictureFault) {
      picture = try Picture(file, limits: limits)
    } catch {
      guard !error.description.isEmpty else { throw FuzzFailure("no message") }
      return nil
    }
    guard picture.pixelCount <= limits.pixels else {
      throw FuzzFailure("\(picture.pixelCount) pixels beyond the limit")
    }
    for preparation in [PicturePreparation(shape: [28, 28, 1]), PicturePreparation(shape: [5, 9, 3])] {
      guard let preparation else { throw FuzzFailure("a shape that pictures have was refused") }
      let sample = preparation.prepare(picture)
      guard sample.bytes.count == preparation.shape.count else { throw FuzzFailure("\(sample.bytes.count) bytes") }
      guard sample.treatment != .centred || sample.isBlank || sample.bytes.contains(255) else {
        throw FuzzFailure("a digit without ink")
      }
    }
    return picture
  }
}
