/// How large a picture from outside may be: what is larger is refused before memory is taken for it.
public struct PictureLimits: Sendable, Equatable {
  /// Most pixels, width times height. Decoded they take up to four bytes each.
  public var pixels: Int
  /// Longest file, which is in memory beside the pixels.
  public var fileBytes: Int

  /// By default 64 Mi pixels (8192 × 8192) and 256 MiB.
  public init(pixels: Int = 1 << 26, fileBytes: Int = 1 << 28) {
    self.pixels = pixels
    self.fileBytes = fileBytes
  }

  /// No more pixels than can be had in so many bytes, decoded and as grey and as ink, but a million.
  public init(memory bytes: Int) {
    self.init()
    pixels = min(pixels, max(1 << 20, bytes / 12))
  }

  /// Whether a size that a file claims can be had.
  ///
  /// - Throws: `PictureFault.noPixels`, `.tooLarge`.
  public func check(width: Int, height: Int) throws(PictureFault) {
    guard width > 0, height > 0 else { throw .noPixels(width: width, height: height) }
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    guard width <= Picture.longestSide, height <= Picture.longestSide, !overflow, product <= pixels else {
      throw .tooLarge(width: width, height: height, limit: pixels)
    }
  }
}
