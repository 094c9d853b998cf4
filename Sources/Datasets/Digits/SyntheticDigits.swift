import Dispatch
import Tensors

/// Handwritten-like digits that look like MNIST's, each drawn from (seed, split, sample) alone.
///
/// A digit is a style (`DigitStyle`) whose control points are moved at random, warped, slanted, turned and stretched, drawn with a pen
/// of random weight (`DigitPen`), fitted into 20 × 20 pixels and put with its centre of mass into the middle of 28 × 28, as MNIST's
/// were (LeCun, Bottou, Bengio and Haffner 1998). Only additions, multiplications, divisions and square roots are used, which IEEE 754
/// rounds exactly, so that no machine, library or number of threads changes a bit.
public struct SyntheticDigits: Sendable {
  /// Height and width of an image.
  public static let side = 28
  /// Shape of an image.
  public static let shape: Shape = [side, side, 1]
  /// Number of classes.
  public static let classes = 10

  /// Decides what is drawn.
  public let seed: UInt64

  /// Digits of one seed.
  public init(seed: UInt64) { self.seed = seed }

  /// The digit that a sample shows: samples go through the ten digits in turn.
  public static func label(ofSample sample: Int) -> Int { sample % classes }

  /// Draws the first `count` samples of a split, on all cores.
  ///
  /// - Precondition: `count >= 1`.
  public func dataset(_ split: DatasetSplit, count: Int) throws(DatasetError) -> ImageDataset {
    let pixels = Self.shape.count
    let images = Storage<UInt8>(count: count * pixels, zeroed: false)
    let labels = Storage<Int32>(count: count, zeroed: false)
    let chunk = 256
    DispatchQueue.concurrentPerform(iterations: (count - 1) / chunk + 1) { index in
      // Chunks write disjoint parts.
      let pen = DigitPen()
      for sample in index * chunk..<min(count, (index + 1) * chunk) {
        labels.mutableView[sample] = Int32(Self.label(ofSample: sample))
        draw(sample, of: split, with: pen, to: images.mutableView[sample * pixels..<(sample + 1) * pixels])
      }
    }
    return try ImageDataset(
      name: DigitsSource.schema.name, split: split, shape: Self.shape, classes: Self.classes, images: images,
      labels: labels)
  }

  /// Draws one sample.
  ///
  /// - Parameters:
  ///   - pen: scratch memory; what was drawn with it before does not matter.
  ///   - image: 28 · 28 bytes, all of which are written.
  func draw(_ sample: Int, of split: DatasetSplit, with pen: DigitPen, to image: MutableView<UInt8>) {
    var random = RandomStream(seed: seed, purpose: .drawing, lane: split == .train ? 0 : 1, sample: sample)
    let styles = DigitStyle.all[Self.label(ofSample: sample)]
    let style = Self.choose(styles, &random)
    let hand = Handwriting(&random)
    pen.begin()
    pen.addCurves(style, hand, &random)
    pen.fit(&random)
    pen.render(to: image, &random)
  }

  /// A style, by weight.
  private static func choose(_ styles: [DigitStyle], _ random: inout RandomStream) -> DigitStyle {
    var left = random.uniform() * styles.reduce(0) { $0 + $1.weight }
    for style in styles {
      left -= style.weight
      if left < 0 { return style }
    }
    return styles[0]
  }
}

extension RandomStream {
  /// A bell-shaped number with mean 0 and standard deviation 1, within ±3.47: the sum of four uniform ones (Irwin 1927, Hall 1927).
  mutating func bell() -> Float {
    let bits = (next(), next())
    let sum =
      Float(bits.0 & 0xFFFF) + Float(bits.0 >> 16) + Float(bits.1 & 0xFFFF) + Float(bits.1 >> 16)
    // Four uniform numbers in 0...65535 have mean 131070 and variance 4 · 65536² / 12.
    return (sum - 131_070) * (1 / 37_837.23)
  }
}
