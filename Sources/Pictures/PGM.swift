/// Reads the portable graymap of Netpbm (https://netpbm.sourceforge.net/doc/pgm.html), with samples as digits (P2) or as bytes (P5).
public enum PGM {
  /// Whether bytes begin like a graymap.
  static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 3 && bytes[0] == 0x50 && (bytes[1] == 0x32 || bytes[1] == 0x35)
      && (PGMReader.isSpace(bytes[2]) || bytes[2] == PGMReader.hash)
  }

  /// Reads a picture. Samples are scaled so that the largest value that the file names becomes 255, rounded.
  ///
  /// - Parameter bytes: the whole file; of several pictures in a row none is read.
  /// - Throws: `PictureFault` where it is damaged, or larger than `limits`; no memory was taken for its pixels then.
  public static func decode(_ bytes: [UInt8], limits: PictureLimits = PictureLimits()) throws(PictureFault) -> Picture {
    guard begins(bytes) else { throw PictureFormat.fault(bytes) }
    var reader = PGMReader(bytes)
    let width = try reader.number("its width")
    let height = try reader.number("its height")
    let largest = try reader.number("its largest value")
    try limits.check(width: width, height: height)
    guard (1...65_535).contains(largest) else {
      throw .damaged(reason: "its largest value is \(largest); 1 to 65535 are possible")
    }
    let count = width * height
    let samples =
      bytes[1] == 0x32 ? try reader.digits(count, largest: largest) : try reader.raster(count, largest: largest)
    return Picture(width: width, height: height, channels: .grey, bytes: samples)
  }
}

/// Takes a graymap apart, front to back.
private struct PGMReader {
  static let hash = UInt8(ascii: "#")

  private let bytes: [UInt8]
  private var offset = 2

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What C's `isspace` takes for white space.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// A whole number, behind white space and comments.
  mutating func number(_ what: String) throws(PictureFault) -> Int {
    skipSpace()
    let start = offset
    var value = 0
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) {
      // More digits than any number here can have do not overflow.
      value = min(value * 10 + Int(bytes[offset] - 0x30), Int(Int32.max))
      offset += 1
    }
    guard offset > start else {
      if offset == bytes.count { throw .truncated(bytes: bytes.count, place: "before \(what)") }
      throw .damaged(reason: "at byte \(offset), where \(what) should be, is no number")
    }
    return value
  }

  /// The samples of a P2 file.
  mutating func digits(_ count: Int, largest: Int) throws(PictureFault) -> [UInt8] {
    // A sample is at least a digit and the space before it.
    guard bytes.count - offset >= 2 * count else {
      throw .truncated(bytes: bytes.count, place: "before all of its \(count) samples can have come")
    }
    let scale = Scale(largest: largest)
    var samples: [UInt8] = []
    samples.reserveCapacity(count)
    for index in 0..<count {
      guard let sample = scale[try number("sample \(index) of \(count)")] else { throw above(largest, sample: index) }
      samples.append(sample)
    }
    skipSpace()
    try expectEnd()
    return samples
  }

  /// The samples of a P5 file: one byte each, or two, the higher first, where the largest value needs them.
  mutating func raster(_ count: Int, largest: Int) throws(PictureFault) -> [UInt8] {
    // One byte of white space, and none more: it could be a sample.
    guard offset < bytes.count else { throw .truncated(bytes: bytes.count, place: "before its samples") }
    guard Self.isSpace(bytes[offset]) else {
      throw .damaged(reason: "at byte \(offset), behind its largest value, is no white space")
    }
    offset += 1
    let width = largest > 255 ? 2 : 1
    guard bytes.count - offset >= width * count else {
      throw .truncated(bytes: bytes.count, place: "after \((bytes.count - offset) / width) of \(count) samples")
    }
    let scale = Scale(largest: largest)
    var samples: [UInt8] = []
    samples.reserveCapacity(count)
    for index in 0..<count {
      let value = width == 1 ? Int(bytes[offset]) : Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
      guard let sample = scale[value] else { throw above(largest, sample: index) }
      samples.append(sample)
      offset += width
    }
    while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
    try expectEnd()
    return samples
  }

  private func above(_ largest: Int, sample: Int) -> PictureFault {
    .damaged(reason: "sample \(sample) is above \(largest), its largest value")
  }

  private func expectEnd() throws(PictureFault) {
    guard offset == bytes.count else {
      throw .damaged(
        reason: "behind its last sample are \(PictureFault.count(bytes.count - offset)) more; "
          + "only one picture a file is read")
    }
  }

  /// White space, and comments up to the end of their line.
  private mutating func skipSpace() {
    while offset < bytes.count {
      if bytes[offset] == Self.hash {
        while offset < bytes.count, bytes[offset] != 0x0A, bytes[offset] != 0x0D { offset += 1 }
      } else if Self.isSpace(bytes[offset]) {
        offset += 1
      } else {
        return
      }
    }
  }
}

/// Values as bytes: `255 · value / largest`, rounded.
private struct Scale {
  let largest: Int

  /// Nil above the largest.
  subscript(value: Int) -> UInt8? {
    value <= largest ? UInt8((2 * 255 * value + largest) / (2 * largest)) : nil
  }
}
