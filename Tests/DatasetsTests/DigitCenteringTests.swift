import Datasets
import Pictures
import Tensors
import Testing

@Suite("The picture of a digit as a sample")
struct DigitCenteringTests {
  /// What a bar of 10 × 40 must become: 5 × 20, around column 14, and half a pixel from row 14, since pixels are whole.
  private static let bar = (0..<784).map { index -> UInt8 in
    (12..<17).contains(index % 28) && (5..<25).contains(index / 28) ? 255 : 0
  }

  @Test("a sample stays as it is")
  func unchanged() throws {
    for digit in try DigitPictures.samples(50) {
      let sample = DigitCentering.prepare(digit)
      #expect(sample == PreparedPicture(bytes: digit.bytes, treatment: .unchanged, isInverted: false, isBlank: false))
      #expect(DigitCentering.prepare(digit.withColor) == sample, "as colours too")
    }
  }

  @Test("a bar is cut out, fitted and centred, whatever ink and paper are")
  func bar() {
    for (ink, paper) in [(0, 255), (255, 0), (40, 120), (200, 90), (230, 255), (100, 128)] as [(UInt8, UInt8)] {
      let sample = DigitCentering.prepare(DigitPictures.page(ink: ink, paper: paper))
      #expect(sample.bytes == Self.bar, "\(ink) on \(paper)")
      #expect(sample.treatment == .centred && sample.isInverted == (ink < paper) && !sample.isBlank)
    }
  }

  @Test("colours count by their brightness")
  func colors() {
    let red = Picture(
      width: 100, height: 80, channels: .color,
      bytes: DigitPictures.bar.bytes.flatMap { $0 == 0 ? [220, 30, 30] : [250, 250, 240] })
    #expect(DigitCentering.prepare(red).bytes == Self.bar)
  }

  @Test("transparent pixels are paper")
  func transparent() {
    func page(ink: UInt8, alpha: (Int, UInt8) -> UInt8) -> Picture {
      let bytes = DigitPictures.bar.bytes.enumerated().flatMap { [$1 == 0 ? ink : 0, alpha($0, $1)] }
      return Picture(width: 100, height: 80, channels: .greyAlpha, bytes: bytes)
    }
    // Strokes on a canvas: black or white with nothing around them.
    for ink in [0, 60, 200, 255] as [UInt8] {
      let sample = DigitCentering.prepare(page(ink: ink) { $1 == 0 ? 255 : 0 })
      #expect(sample.bytes == Self.bar, "\(ink)")
      #expect(sample.isInverted == (ink < 128))
    }
    // A white page with round corners.
    let page = Picture(
      width: 100, height: 80, channels: .greyAlpha,
      bytes: DigitPictures.bar.bytes.enumerated().flatMap { index, byte -> [UInt8] in
        index % 100 + index / 100 < 12 ? [0, 0] : [byte, 255]
      })
    #expect(DigitCentering.prepare(page).bytes == Self.bar)
    let nothing = DigitCentering.prepare(page.mapped { _, _, _ in 0 })
    #expect(nothing.isBlank && nothing.bytes.allSatisfy { $0 == 0 })
  }

  @Test("dust, grain and shadow are no ink")
  func uneven() {
    let dusty = DigitPictures.bar.mapped { column, row, byte in
      (90..<92).contains(column) && (5..<6).contains(row) || column == 60 && row == 75 ? 0 : byte
    }
    #expect(DigitCentering.prepare(dusty).bytes == Self.bar)
    let grainy = DigitPictures.bar.mapped { column, row, byte in
      byte == 0 ? 20 : 225 + UInt8((column * 7 + row * 13) % 31)
    }
    #expect(DigitPictures.difference(DigitCentering.prepare(grainy).bytes, Self.bar) < 1)
    let shaded = DigitPictures.page(ink: 30, paper: 240).mapped { column, _, byte in
      byte - UInt8(column * Int(byte) / 300)
    }
    #expect(DigitPictures.difference(DigitCentering.prepare(shaded).bytes, Self.bar) < 2)
  }

  @Test("nothing on the paper is said to be nothing", arguments: [0, 30, 128, 255] as [UInt8])
  func blank(paper: UInt8) {
    for (width, height) in [(1, 1), (28, 28), (3, 500)] {
      let picture = Picture(
        width: width, height: height, channels: .grey, bytes: [UInt8](repeating: paper, count: width * height))
      let sample = DigitCentering.prepare(picture)
      #expect(sample.isBlank && sample.bytes.count == 784 && !sample.isInverted)
    }
  }

  @Test("any size and shape of picture makes a sample")
  func anySize() {
    for (width, height) in [(1, 2), (2, 1), (2, 2), (3, 3), (1, 900), (900, 1), (5, 700), (29, 28), (2000, 1500)] {
      let bytes = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 / 7) }
      for channels in [Picture.Channels.grey, .color] {
        let picture = Picture(
          width: width, height: height, channels: channels,
          bytes: channels == .grey ? bytes : bytes.flatMap { [$0, $0 ^ 85, 255 - $0] })
        #expect(DigitCentering.prepare(picture).bytes.count == 784, "\(width) × \(height)")
      }
    }
  }

  @Test("a digit four times as large, dark on a white page, becomes the sample it was made from, or nearly")
  func likeTheSample() throws {
    var differences: [Double] = []
    for (index, digit) in try DigitPictures.samples(200).enumerated() {
      let page = DigitPictures.page(digit, left: index % 80, top: index * 7 % 40)
      let sample = DigitCentering.prepare(page)
      #expect(sample.isInverted && sample.treatment == .centred)
      differences.append(DigitPictures.difference(sample.bytes, digit.bytes))
    }
    // They are drawn up to a pixel smaller and off the middle; moved by a pixel they differ by 15.7.
    let mean = differences.reduce(0, +) / 200
    #expect(mean < 12, "\(mean)")
  }

  @Test("other shapes are resized, grey or with colours")
  func otherShapes() throws {
    let digit = try DigitPictures.samples(1)[0]
    let colored = try #require(PicturePreparation(shape: [32, 32, 3])).prepare(digit)
    #expect(colored.treatment == .resized && colored.bytes == digit.resized(width: 32, height: 32).withColor.bytes)
    let exact = Picture(width: 5, height: 2, channels: .color, bytes: Array(0..<30))
    #expect(try #require(PicturePreparation(shape: [2, 5, 3])).prepare(exact).treatment == .unchanged)
    let grey = try #require(PicturePreparation(shape: [2, 5, 1])).prepare(exact)
    #expect(grey.bytes == exact.withoutColor.bytes)
    let raw = try #require(PicturePreparation(shape: [28, 28, 1], isRaw: true)).prepare(DigitPictures.bar)
    #expect(raw.bytes == DigitPictures.bar.resized(width: 28, height: 28).bytes && !raw.isInverted)
    let clear = Picture(width: 1, height: 1, channels: .greyAlpha, bytes: [7, 0])
    #expect(try #require(PicturePreparation(shape: [1, 1, 3])).prepare(clear).bytes == [255, 255, 255])
    #expect(PicturePreparation(shape: [28, 28, 2]) == nil)
    #expect(PicturePreparation(shape: [784]) == nil)
  }
}
