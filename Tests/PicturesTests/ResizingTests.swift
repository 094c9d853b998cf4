import Pictures
import Testing

@Suite("Pictures in other sizes and channels")
struct ResizingTests {
  private static func grey(_ width: Int, _ bytes: [UInt8]) -> Picture {
    Picture(width: width, height: bytes.count / width, channels: .grey, bytes: bytes)
  }

  @Test("shrinking takes the mean of what a pixel covers, parts as parts")
  func area() {
    #expect(Self.grey(4, [10, 20, 30, 50]).resized(width: 2, height: 1).bytes == [15, 40])
    // A pixel and a half each.
    #expect(Self.grey(3, [0, 90, 210]).resized(width: 2, height: 1).bytes == [30, 170])
    #expect(Self.grey(2, [0, 100, 200, 100]).resized(width: 1, height: 1).bytes == [100])
  }

  @Test("growing interpolates between the centres of pixels")
  func between() {
    #expect(Self.grey(2, [0, 100]).resized(width: 4, height: 1).bytes == [0, 25, 75, 100])
    #expect(Self.grey(1, [7]).resized(width: 3, height: 2).bytes == [7, 7, 7, 7, 7, 7])
  }

  @Test("as exact areas and Pillow's bilinear filter have it, but for the rounding")
  func pillow() {
    let goldens = Goldens.committed
    let original = Picture(37, 23, 3, goldens.original)
    for size in goldens.sizes {
      let resized = original.resized(width: size.width, height: size.height)
      let furthest = zip(resized.bytes, size.bytes).map { abs(Int($0) - Int($1)) }.max() ?? .max
      #expect(resized.bytes.count == size.bytes.count && furthest <= 1, "\(size.width) × \(size.height): \(furthest)")
    }
  }

  @Test("one colour stays it in every size")
  func constant() {
    for channels in [Picture.Channels.grey, .color] {
      let picture = Picture(
        width: 13, height: 7, channels: channels, bytes: [UInt8](repeating: 201, count: 91 * channels.rawValue))
      for (width, height) in [(1, 1), (5, 3), (13, 7), (14, 6), (40, 1), (29, 31)] {
        #expect(picture.resized(width: width, height: height).bytes.allSatisfy { $0 == 201 }, "\(width) × \(height)")
      }
    }
  }

  @Test("grey is what Pillow's convert(\"L\") makes of colours")
  func greys() {
    let colors = Picture(
      width: 4, height: 1, channels: .color, bytes: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])
    #expect(colors.withoutColor.bytes == [76, 150, 29, 255])
    #expect(colors.withoutColor.withColor.bytes == [76, 76, 76, 150, 150, 150, 29, 29, 29, 255, 255, 255])
    let seeThrough = Picture(width: 1, height: 1, channels: .colorAlpha, bytes: [255, 0, 0, 9])
    #expect(seeThrough.withoutColor == Picture(width: 1, height: 1, channels: .greyAlpha, bytes: [76, 9]))
    #expect(seeThrough.withoutColor.withColor.bytes == [76, 76, 76, 9])
  }

  @Test("paper shows through where a picture is transparent")
  func paper() {
    let picture = Picture(width: 3, height: 1, channels: .greyAlpha, bytes: [100, 0, 100, 255, 100, 51])
    #expect(picture.laid(over: 255) == Self.grey(3, [255, 100, 224]))
    #expect(picture.laid(over: 0) == Self.grey(3, [0, 100, 20]))
    #expect(Self.grey(3, [1, 2, 3]).laid(over: 9) == Self.grey(3, [1, 2, 3]))
  }

  @Test("a part of a picture")
  func cropping() {
    let picture = Picture(width: 3, height: 3, channels: .grey, bytes: Array(0..<9))
    #expect(picture.cropped(columns: 1..<3, rows: 0..<2) == Self.grey(2, [1, 2, 4, 5]))
  }
}
