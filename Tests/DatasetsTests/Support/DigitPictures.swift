import Datasets
import Pictures
import Tensors

/// Pictures of digits as people make them.
enum DigitPictures {
  /// The first drawn digits: 28 × 28, light on black.
  static func samples(_ count: Int) throws -> [Picture] {
    let dataset = try SyntheticDigits(seed: 3).dataset(.test, count: count)
    return (0..<count).map { picture(of: dataset, $0) }
  }

  static func picture(of dataset: ImageDataset, _ sample: Int) -> Picture {
    Picture(width: dataset.shape[1], height: dataset.shape[0], channels: .grey, bytes: dataset.image(sample).array())
  }

  /// Four times as large, dark on a white page of 200 × 160, off its centre.
  static func page(_ digit: Picture, left: Int, top: Int) -> Picture {
    let large = digit.resized(width: 112, height: 112)
    var bytes = [UInt8](repeating: 255, count: 200 * 160)
    for row in 0..<112 {
      for column in 0..<112 { bytes[(top + row) * 200 + left + column] = 255 - large.bytes[row * 112 + column] }
    }
    return Picture(width: 200, height: 160, channels: .grey, bytes: bytes)
  }

  /// A black bar, 10 × 40, on a white page of 100 × 80.
  static let bar = page(ink: 0, paper: 255)

  static func page(ink: UInt8, paper: UInt8) -> Picture {
    Picture(
      width: 100, height: 80, channels: .grey,
      bytes: (0..<8_000).map { (15..<25).contains($0 % 100) && (30..<70).contains($0 / 100) ? ink : paper })
  }

  /// Mean difference of two samples, in steps of a byte.
  static func difference(_ one: [UInt8], _ other: [UInt8]) -> Double {
    Double(zip(one, other).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(one.count)
  }
}

extension Picture {
  /// With other bytes in the same places.
  func mapped(_ change: (_ column: Int, _ row: Int, _ byte: UInt8) -> UInt8) -> Picture {
    Picture(
      width: width, height: height, channels: channels,
      bytes: bytes.enumerated().map { change($0 % width, $0 / width, $1) })
  }
}
