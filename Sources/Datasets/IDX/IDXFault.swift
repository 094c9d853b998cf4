import Settings

/// What is wrong with an IDX file: the text behind its name in a message.
public enum IDXFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system refused; its own words.
  case unreadable(reason: String)
  /// A directory, a device, a pipe.
  case notAFile
  /// No bytes at all.
  case empty
  /// Ends inside the header.
  case headerCut(bytes: Int)
  /// Does not begin with two zero bytes.
  case magic(found: [UInt8])
  /// Elements are not unsigned bytes.
  case elementType(UInt8)
  /// Another number of dimensions than the content has.
  case rank(Int, expected: IDXContent)
  /// A dimension of 0.
  case zeroDimension([Int])
  /// More elements than can be indexed.
  case tooLarge([Int])
  /// Fewer bytes than the header says.
  case truncated(found: Int, expected: Int)
  /// More bytes than the header says.
  case surplus(bytes: Int, expected: Int)
  /// Inflates to more bytes than the header says; how many more was not tried out.
  case inflatedSurplus(expected: Int)
  /// The header says more bytes than so short a gzip file can hold.
  case implausible(expected: Int, compressed: Int)
  /// The header says more bytes than there is memory.
  case tooMuchMemory(expected: Int, limit: Int)
  /// The gzip data does not decode.
  case gzipDamaged(offset: Int, reason: String)
  /// The gzip data ends in the middle.
  case gzipCut(bytes: Int)
  /// Something that is not gzip follows the gzip data.
  case gzipSurplus(bytes: Int)

  /// One line for the user, to be put behind the file's name.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notAFile: "is not a regular file"
    case .empty: "is empty"
    case .headerCut(let bytes): "ends after \(Counted.text(bytes, "byte")), inside the IDX header"
    case .magic(let found): "begins with \(Self.hexadecimal(found)), but an IDX file begins with 00 00 08"
    case .elementType(let type): "holds elements of \(Self.name(ofType: type)); only type 0x08, unsigned bytes, is read"
    case .rank(let rank, let expected):
      "has \(Counted.text(rank, "dimension")); \(expected) have \(expected.ranks)"
    case .zeroDimension(let dimensions): "has no elements: its dimensions are \(Self.product(dimensions))"
    case .tooLarge(let dimensions): "claims \(Self.product(dimensions)) elements, more than can be indexed"
    case .truncated(let found, let expected):
      "holds \(Counted.text(found, "byte")) of data, but its header says \(expected)"
    case .surplus(let bytes, let expected):
      "holds \(Counted.text(bytes, "byte")) more than the \(expected) its header says"
    case .inflatedSurplus(let expected):
      "inflates to more than the \(Counted.text(expected, "byte")) of data its header says"
    case .implausible(let expected, let compressed):
      "claims \(Counted.text(expected, "byte")) of data, more than \(compressed) bytes of gzip can hold"
    case .tooMuchMemory(let expected, let limit):
      "claims \(Counted.text(expected, "byte")) of data, more than the \(limit) bytes of memory that can be had"
    case .gzipDamaged(let offset, let reason): "has damaged gzip data before byte \(offset): \(reason)"
    case .gzipCut(let bytes):
      "ends after \(Counted.text(bytes, "byte")), inside its gzip data; it was not copied or downloaded whole"
    case .gzipSurplus(let bytes):
      "has \(Counted.text(bytes, "byte")) behind its gzip data that \(bytes == 1 ? "is" : "are") not gzip"
    }
  }

  private static func product(_ dimensions: [Int]) -> String {
    dimensions.map(String.init).joined(separator: " × ")
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  private static func name(ofType type: UInt8) -> String {
    let names: [UInt8: String] = [
      0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers", 0x0D: "32-bit floats",
      0x0E: "64-bit floats",
    ]
    let code = "type 0x" + hexadecimal([type])
    return names[type].map { "\(code) (\($0))" } ?? "unknown \(code)"
  }
}

/// What an IDX file is read as.
public enum IDXContent: String, Sendable, CustomStringConvertible {
  /// `[count, height, width]` or `[count, height, width, channels]`.
  case images
  /// `[count]`.
  case labels
  /// Whatever it holds.
  case anything = "arrays"

  /// The numbers of dimensions it may have.
  var rankRange: ClosedRange<Int> {
    switch self {
    case .images: 3...4
    case .labels: 1...1
    case .anything: 1...255
    }
  }

  /// `rankRange` in words.
  fileprivate var ranks: String {
    switch self {
    case .images: "3 or 4"
    case .labels: "1"
    case .anything: "at least 1"
    }
  }

  /// For messages.
  public var description: String { rawValue }
}
