/// What a file's first bytes say it is.
public enum PictureFormat: Sendable, Equatable {
  /// A PNG picture.
  case png
  /// A PGM picture, of digits (P2) or bytes (P5).
  case pgm
  /// An IDX file of bytes, which holds many pictures.
  case idx
  /// A gzip file, which may hold an IDX file.
  case gzip

  /// Most bytes that are looked at.
  public static let prefixLength = 16

  /// - Parameter prefix: the file's first bytes, `prefixLength` of them where it has so many.
  /// - Throws: `PictureFault`: `empty`, `otherFormat`, `lineEnds`, `unknownFormat`.
  public init(prefix: [UInt8]) throws(PictureFault) {
    if prefix.starts(with: PNG.signature) {
      self = .png
    } else if PGM.begins(prefix) {
      self = .pgm
    } else if prefix.starts(with: [0, 0]), prefix.count >= 4, (0x08...0x0E).contains(prefix[2]) {
      self = .idx
    } else if prefix.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else {
      throw Self.fault(prefix)
    }
  }

  /// Why bytes that begin like this are not read.
  static func fault(_ bytes: [UInt8]) -> PictureFault {
    guard !bytes.isEmpty else { return .empty }
    if changedSignatures.contains(where: { bytes.starts(with: $0) }) { return .lineEnds }
    if PNG.signature.starts(with: bytes) { return .truncated(bytes: bytes.count, place: "inside the PNG signature") }
    let known = others.first { other in
      bytes.count >= other.offset && bytes.dropFirst(other.offset).starts(with: other.magic.utf8)
    }
    if let known { return .otherFormat(known.name) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .otherFormat("a JPEG picture") }
    return .unknownFormat(found: Array(bytes.prefix(4)))
  }

  /// What PNG's signature becomes where line ends are changed either way, or the eighth bit is lost.
  private static let changedSignatures: [[UInt8]] = [
    [0x89, 0x50, 0x4E, 0x47, 0x0A], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0D], [0x09, 0x50, 0x4E, 0x47],
  ]

  /// Formats that people try.
  private static let others: [(offset: Int, magic: String, name: String)] = [
    (0, "GIF8", "a GIF picture"),
    (8, "WEBP", "a WebP picture"),
    (0, "BM", "a BMP picture"),
    (0, "II*\0", "a TIFF picture"),
    (0, "MM\0*", "a TIFF picture"),
    (4, "ftypavif", "an AVIF picture"),
    (4, "ftyphei", "a HEIC picture"),
    (4, "ftypmif1", "a HEIC picture"),
    (0, "P1", "a PBM picture"),
    (0, "P4", "a PBM picture"),
    (0, "P3", "a PPM picture"),
    (0, "P6", "a PPM picture"),
    (0, "P7", "a PAM picture"),
    (0, "%PDF", "a PDF file"),
    (0, "<svg", "an SVG picture"),
    (0, "<?xml", "an XML file"),
    (0, "<!DOCTYPE", "a web page"),
    (0, "<html", "a web page"),
    (1, "HDF", "an HDF5 file"),
  ]
}

extension Picture {
  /// Reads a picture of any format that is read: PNG or PGM.
  ///
  /// - Parameter bytes: the whole file.
  /// - Throws: `PictureFault`.
  public init(_ bytes: [UInt8], limits: PictureLimits = PictureLimits()) throws(PictureFault) {
    switch try PictureFormat(prefix: Array(bytes.prefix(PictureFormat.prefixLength))) {
    case .png: self = try PNG.decode(bytes, limits: limits)
    case .pgm: self = try PGM.decode(bytes, limits: limits)
    case .idx: throw .otherFormat("an IDX file, which holds many pictures")
    case .gzip: throw .compressed
    }
  }
}
