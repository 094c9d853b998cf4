/// A file is not a picture that can be read.
public struct PictureError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, or what stands for it, for example `standard input`.
  public let path: String
  /// What is wrong with it.
  public let fault: PictureFault

  /// Names a file and its fault.
  public init(path: String, fault: PictureFault) {
    self.path = path
    self.fault = fault
  }

  /// One line for the user.
  public var description: String { "\(path): \(fault)" }
}

/// What is wrong with a picture: the text behind its name in a message.
public enum PictureFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system refused; its own words.
  case unreadable(reason: String)
  /// Something else than a regular file: its kind, with its article.
  case notAFile(kind: String)
  /// No bytes at all.
  case empty
  /// More bytes than a picture may have.
  case tooLong(limit: Int)
  /// A format that is known and not read: its name, with its article.
  case otherFormat(String)
  /// A gzip file, and no IDX file is in it.
  case compressed
  /// Begins like no format that is known.
  case unknownFormat(found: [UInt8])
  /// A PNG whose line feeds were changed on the way, as by a transfer in text mode.
  case lineEnds
  /// Ends in the middle.
  case truncated(bytes: Int, place: String)
  /// A chunk of a PNG has bytes that its checksum does not fit.
  case checksum(chunk: String, offset: Int)
  /// A width or height of 0.
  case noPixels(width: Int, height: Int)
  /// More pixels than may be, or a side that is too long.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// More pixels than so few bytes can hold.
  case implausible(width: Int, height: Int, bytes: Int)
  /// Breaks the rules of its format.
  case damaged(reason: String)

  /// One line for the user, to be put behind the file's name.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notAFile(let kind): "is \(kind), not a file"
    case .empty: "is empty"
    case .tooLong(let limit): "is longer than the \(limit) bytes that a picture may have; make it smaller"
    case .otherFormat(let name): "is \(name); convert it to PNG"
    case .compressed: "is compressed by gzip, which is read only of files of IDX images; decompress it first (gunzip)"
    case .unknownFormat(let found):
      "begins with \(Self.hexadecimal(found)), and is no PNG, PGM or IDX file; convert it to PNG"
    case .lineEnds: "is a PNG whose line ends were changed on the way; transfer it again, as binary"
    case .truncated(let bytes, let place):
      "ends after \(Self.count(bytes)), \(place); it was not copied or downloaded whole"
    case .checksum(let chunk, let offset):
      "is damaged: the checksum of its chunk \(chunk) at byte \(offset) does not match"
    case .noPixels(let width, let height): "has no pixels: it is \(width) × \(height)"
    case .tooLarge(let width, let height, let limit):
      "is \(width) × \(height) pixels; at most \(limit) in all and \(Picture.longestSide) a side are read, so make it smaller"
    case .implausible(let width, let height, let bytes):
      "claims \(width) × \(height) pixels, more than its \(Self.count(bytes)) of data can hold"
    case .damaged(let reason): "is damaged: \(reason)"
    }
  }

  static func count(_ bytes: Int) -> String { bytes == 1 ? "1 byte" : "\(bytes) bytes" }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
