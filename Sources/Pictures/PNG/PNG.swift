/// Reads and writes PNG (ISO/IEC 15948:2004).
///
/// A codec of our own over zlib, because libpng's simplified interface could not be trusted with files from outside: its
/// `png_image_finish_read` wrote beyond its buffer for interlaced pictures of 16 bits (CVE-2025-65018), and as Debian 12 has mended it
/// (1.6.39-2+deb12u6) it fills them with pixels of other rows and reports success. Here every index is checked.
public enum PNG {
  /// What a file begins with.
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Reads a picture: of 1, 2, 4, 8 or 16 bits, grey, colours or palette, with alpha or a transparent colour, interlaced or not.
  ///
  /// Samples of other than 8 bits are scaled to 0...255 and rounded. A palette becomes colours. Gamma, colour profiles, texts and the
  /// further frames of an animation are passed over; but the checksums of all chunks are checked.
  ///
  /// - Parameter bytes: the whole file. What follows its end is passed over.
  /// - Throws: `PictureFault` where it is damaged, or larger than `limits`; no memory was taken for its pixels then.
  public static func decode(_ bytes: [UInt8], limits: PictureLimits = PictureLimits()) throws(PictureFault) -> Picture {
    let file = try PNGFile(bytes, limits: limits)
    return try PNGDecoder(file).decode(bytes)
  }

  /// Writes a picture as a PNG file of 8 bits a sample: equal pictures make equal bytes, with one version of zlib.
  public static func encode(_ picture: Picture) -> [UInt8] {
    let type: UInt8 =
      switch picture.channels {
      case .grey: 0
      case .greyAlpha: 4
      case .color: 2
      case .colorAlpha: 6
      }
    let sides = bigEndian(UInt32(picture.width)) + bigEndian(UInt32(picture.height))
    var file = signature + chunk("IHDR", sides + [8, type, 0, 0, 0])
    let data = Deflate.compressed(PNGFilter.filtered(picture))
    // Longer than a chunk can be only for gigabytes.
    for start in stride(from: 0, to: data.count, by: 1 << 30) {
      file += chunk("IDAT", data[start..<min(start + 1 << 30, data.count)])
    }
    return file + chunk("IEND", [])
  }

  private static func chunk(_ type: String, _ content: some Collection<UInt8>) -> [UInt8] {
    let checked = Array(type.utf8) + content
    return bigEndian(UInt32(content.count)) + checked + bigEndian(Deflate.checksum(checked, 0..<checked.count))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
