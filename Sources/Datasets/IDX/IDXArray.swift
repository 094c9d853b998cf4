import Tensors

/// The content of one IDX file (LeCun, "The MNIST database of handwritten digits", 1998): an array of bytes with its dimensions.
///
/// Layout: two zero bytes, the element type (0x08: unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit
/// integer, and the elements in row-major order. The file may be compressed by gzip; which of the two is told by its first bytes.
public struct IDXArray: Sendable {
  /// Extents, outermost (the number of samples) first.
  public let dimensions: [Int]
  /// The elements, as many as the product of `dimensions`.
  public let bytes: Storage<UInt8>

  /// Bytes between two calls of `arrived`.
  private static let partLength = 1 << 20

  /// Reads a file. Everything the header says is checked before memory is asked for, and the memory is bounded by the file's size.
  ///
  /// - Parameter largestCount: most elements.
  /// - Throws: `DatasetError.file` with the path and what is wrong.
  public init(path: String, as content: IDXContent = .anything, largestCount: Int = .max) throws(DatasetError) {
    try self.init(path: path, as: content, largestCount: largestCount) { _, _ in }
  }

  /// Reads a file.
  ///
  /// - Parameter arrived: gets the array, and which part of its elements has been read just now. Whether the file is whole will be
  ///   known at the end only.
  init(
    path: String, as content: IDXContent, largestCount: Int, arrived: (IDXArray, Range<Int>) -> Void
  ) throws(DatasetError) {
    do throws(IDXFault) {
      try self.init(file: InputFile(path: path), as: content, largestCount: largestCount, arrived: arrived)
    } catch {
      throw .file(path: path, fault: error)
    }
  }

  private init(
    file: InputFile, as content: IDXContent, largestCount: Int, arrived: (IDXArray, Range<Int>) -> Void
  ) throws(IDXFault) {
    guard file.byteCount > 0 else { throw .empty }
    let isGzip = file.isGzip()
    let source: any ByteSource = isGzip ? try GzipReader(file) : file
    let header = try IDXHeader(source, as: content)
    if isGzip {
      let (limit, overflow) = file.byteCount.multipliedReportingOverflow(by: GzipReader.largestRatio)
      guard overflow || header.count <= limit else {
        throw .implausible(expected: header.count, compressed: file.byteCount)
      }
    } else {
      let found = file.byteCount - header.byteCount
      guard found >= header.count else { throw .truncated(found: found, expected: header.count) }
      guard found == header.count else { throw .surplus(bytes: found - header.count, expected: header.count) }
    }
    guard header.count <= largestCount else {
      throw .tooMuchMemory(expected: header.count, limit: largestCount)
    }
    dimensions = header.dimensions
    bytes = Storage(count: header.count, zeroed: false)
    for start in stride(from: 0, to: header.count, by: IDXArray.partLength) {
      let part = start..<min(start + IDXArray.partLength, header.count)
      let found = try bytes.mutableView[part].withMutableBytes { target throws(IDXFault) in
        try source.read(into: target)
      }
      guard found == part.count else { throw .truncated(found: start + found, expected: header.count) }
      arrived(self, part)
    }
    // Reading on also checks the gzip checksum, which stands behind the data.
    let beyond = Storage<UInt8>(count: 1)
    let surplus = try beyond.withMutableBytes { target throws(IDXFault) in try source.read(into: target) }
    guard surplus == 0 else { throw .inflatedSurplus(expected: header.count) }
  }
}

/// The checked beginning of an IDX file.
struct IDXHeader {
  let dimensions: [Int]
  /// Elements.
  let count: Int
  /// Length of the header itself.
  let byteCount: Int

  /// Reads and checks a header.
  init(_ source: any ByteSource, as content: IDXContent) throws(IDXFault) {
    let magic = try Self.read(4, from: source, offset: 0)
    guard magic[0] == 0, magic[1] == 0 else { throw .magic(found: magic) }
    guard magic[2] == 0x08 else { throw .elementType(magic[2]) }
    let rank = Int(magic[3])
    guard content.rankRange.contains(rank) else { throw .rank(rank, expected: content) }
    let extents = try Self.read(4 * rank, from: source, offset: 4)
    dimensions = (0..<rank).map { axis in
      extents[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard dimensions.allSatisfy({ $0 > 0 }) else { throw .zeroDimension(dimensions) }
    // Samples are numbered and samples' elements are addressed by 32-bit integers.
    guard dimensions[0] <= Int(Int32.max), let sample = Shape(validating: Array(dimensions.dropFirst())) else {
      throw .tooLarge(dimensions)
    }
    count = dimensions[0] * sample.count
    byteCount = 4 + 4 * rank
  }

  private static func read(_ count: Int, from source: any ByteSource, offset: Int) throws(IDXFault) -> [UInt8] {
    let bytes = Storage<UInt8>(count: count)
    let found = try bytes.withMutableBytes { target throws(IDXFault) in try source.read(into: target) }
    guard found == count else { throw .headerCut(bytes: offset + found) }
    return bytes.array()
  }
}
