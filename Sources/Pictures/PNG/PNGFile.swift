/// What the chunks of a PNG file say, before any pixel is looked at.
///
/// Every chunk's checksum is checked, and a size beyond the limits, or beyond what the data can inflate to, is refused: so memory is taken
/// for pixels that can be there. Only these chunks are looked into: a file cannot make its reader inflate texts and colour profiles.
struct PNGFile {
  let header: PNGHeader
  /// Red, green and blue of each colour; empty without a PLTE chunk.
  let palette: [UInt8]
  /// The content of the tRNS chunk; empty without one.
  let transparency: [UInt8]
  /// Where the deflated pixels are in the file.
  let data: [Range<Int>]

  init(_ bytes: [UInt8], limits: PictureLimits) throws(PictureFault) {
    guard bytes.starts(with: PNG.signature) else { throw PictureFormat.fault(bytes) }
    var chunks = PNGChunks(bytes)
    guard let first = try chunks.next(), first.type == "IHDR", first.content.count == 13 else {
      throw .damaged(reason: "it does not begin with an IHDR chunk")
    }
    header = try PNGHeader(Array(bytes[first.content]), limits: limits)
    var (palette, transparency, data): ([UInt8], [UInt8], [Range<Int>]) = ([], [], [])
    var isDataOver = false
    while let chunk = try chunks.next() {
      switch chunk.type {
      case "IDAT":
        guard !isDataOver else { throw .damaged(reason: "another chunk lies between its IDAT chunks") }
        data.append(chunk.content)
      case "PLTE", "tRNS":
        let isFirst = chunk.type == "PLTE" ? palette.isEmpty : transparency.isEmpty
        guard isFirst, data.isEmpty else { throw .damaged(reason: "its chunk \(chunk.type) is out of place") }
        if chunk.type == "PLTE" {
          palette = Array(bytes[chunk.content])
        } else {
          transparency = Array(bytes[chunk.content])
        }
      case _ where chunk.isAncillary || chunk.type == "IEND":
        isDataOver = !data.isEmpty
      default: throw .damaged(reason: "its chunk \(chunk.type) is not known, and may not be passed over")
      }
    }
    (self.palette, self.transparency, self.data) = (palette, transparency, data)
    try check()
  }

  private func check() throws(PictureFault) {
    let byteCount = data.reduce(0) { $0 + $1.count }
    guard byteCount > 0 else { throw .damaged(reason: "it has no IDAT chunk with pixels") }
    guard header.leastByteCount <= byteCount * Deflate.largestRatio else {
      throw .implausible(width: header.width, height: header.height, bytes: byteCount)
    }
    guard palette.count.isMultiple(of: 3), palette.count <= 3 * 256, header.kind != .palette || !palette.isEmpty else {
      throw .damaged(reason: "its palette has \(palette.count) bytes; 3 to 768, three for each colour, are possible")
    }
    let isRight =
      switch header.kind {
      case _ where transparency.isEmpty: true
      case .grey: transparency.count == 2
      case .color: transparency.count == 6
      case .palette: transparency.count <= palette.count / 3
      case .greyAlpha, .colorAlpha: false
      }
    guard isRight else { throw .damaged(reason: "its chunk tRNS does not fit its kind of pixels") }
  }
}

/// The content of an IHDR chunk.
struct PNGHeader {
  /// What a pixel consists of; the numbers are the standard's.
  enum Kind: UInt8 {
    case grey = 0
    case color = 2
    case palette = 3
    case greyAlpha = 4
    case colorAlpha = 6

    var samples: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .color: 3
      case .colorAlpha: 4
      }
    }

    var depths: Set<Int> {
      switch self {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .color, .greyAlpha, .colorAlpha: [8, 16]
      }
    }
  }

  /// Pixels in a row.
  let width: Int
  /// Rows.
  let height: Int
  let kind: Kind
  /// Bits of a sample.
  let depth: Int
  let isInterlaced: Bool

  /// Bits of a pixel.
  var pixelBits: Int { kind.samples * depth }
  /// Fewest bytes that the pixels take before they are deflated. Sides are at most 10⁶ and a pixel has at most 64 bits: no overflow.
  var leastByteCount: Int { width * height * pixelBits / 8 }

  /// - Parameter bytes: 13 of them.
  init(_ bytes: [UInt8], limits: PictureLimits) throws(PictureFault) {
    width = Int(bigEndian: bytes[0..<4])
    height = Int(bigEndian: bytes[4..<8])
    try limits.check(width: width, height: height)
    depth = Int(bytes[8])
    guard let kind = Kind(rawValue: bytes[9]), kind.depths.contains(depth) else {
      throw .damaged(reason: "its header says colour type \(bytes[9]) with \(bytes[8]) bits, which does not exist")
    }
    guard bytes[10] == 0, bytes[11] == 0, bytes[12] <= 1 else {
      throw .damaged(reason: "its header says compression \(bytes[10]), filter \(bytes[11]), interlace \(bytes[12])")
    }
    self.kind = kind
    isInterlaced = bytes[12] == 1
  }
}

/// Walks over the chunks of a PNG file: length, type, content, checksum.
private struct PNGChunks {
  struct Chunk {
    /// Four ASCII letters.
    let type: String
    let content: Range<Int>

    /// Whether a reader may pass over it.
    var isAncillary: Bool { type.utf8.first.map { $0 & 0x20 != 0 } ?? false }
  }

  private let bytes: [UInt8]
  private var offset = PNG.signature.count
  private var isOver = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next chunk; nil after IEND.
  mutating func next() throws(PictureFault) -> Chunk? {
    guard !isOver else { return nil }
    guard bytes.count - offset >= 8 else {
      throw .truncated(bytes: bytes.count, place: offset == bytes.count ? "before its IEND chunk" : "inside a chunk")
    }
    let length = Int(bigEndian: bytes[offset..<offset + 4])
    let letters = bytes[offset + 4..<offset + 8]
    guard letters.allSatisfy({ (0x41...0x5A).contains($0 & ~0x20) }) else {
      throw .damaged(reason: "there is no chunk at byte \(offset), where one should begin")
    }
    let type = String(decoding: letters, as: UTF8.self)
    guard bytes.count - offset - 12 >= length else {
      throw .truncated(bytes: bytes.count, place: "inside its chunk \(type)")
    }
    let content = offset + 8..<offset + 8 + length
    let stated = Int(bigEndian: bytes[content.upperBound..<content.upperBound + 4])
    guard Deflate.checksum(bytes, offset + 4..<content.upperBound) == stated else {
      throw .checksum(chunk: type, offset: offset)
    }
    offset = content.upperBound + 4
    isOver = type == "IEND"
    return Chunk(type: type, content: content)
  }
}

extension Int {
  /// Of at most seven bytes.
  fileprivate init(bigEndian bytes: ArraySlice<UInt8>) { self = bytes.reduce(0) { $0 << 8 | Int($1) } }
}
