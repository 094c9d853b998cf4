import Tensors

/// Reads checkpoint files: checks every byte before anything is believed.
public struct CheckpointReader: Sendable {
  /// Largest file that is read unless another limit is given: 64 GiB.
  public static let defaultLimit = 1 << 36

  /// Largest file that is read, in bytes.
  public var limit: Int

  /// Creates a reader.
  public init(limit: Int = CheckpointReader.defaultLimit) { self.limit = limit }

  /// The checkpoint in a file.
  ///
  /// - Throws: `CheckpointError`, which names the file and says what is wrong with it.
  public func load(_ path: String) throws(CheckpointError) -> Checkpoint {
    do throws(CheckpointError.Reason) {
      let file = try ReadableFile(path)
      try checkEnds(of: file)
      return try CheckpointDecoder.decode(try file.read(0..<file.byteCount))
    } catch {
      throw CheckpointError(path: path, reason: error)
    }
  }

  /// Looks at both ends of a file, before memory is taken for all of it: whether it begins as HDF5 does and ends with a trailer, and
  /// where it does not, why.
  private func checkEnds(of file: borrowing ReadableFile) throws(CheckpointError.Reason) {
    let count = file.byteCount
    guard count > 0 else { throw .empty }
    guard count <= limit else { throw .tooLarge(bytes: count, limit: limit) }
    let head = try file.readArray(0..<min(count, Superblock.byteCount))
    guard Superblock.hasSignature(head) else { throw .notHDF5 }
    if count > Trailer.byteCount, try hasMagic(file, at: count - Trailer.byteCount) { return }

    guard head.count == Superblock.byteCount else { throw .truncated(missing: nil) }
    guard let image = Superblock.imageByteCount(head), image <= limit else { throw .foreign }
    let end = image + Trailer.byteCount
    switch count {
    case ..<image: throw .truncated(missing: end - count)
    // Whole files of other programs end here too.
    case image: throw .foreign
    case ..<end: throw try hasMagic(file, at: image) ? .truncated(missing: end - count) : .foreign
    case end: throw .damaged
    default: throw try hasMagic(file, at: image) ? .trailingBytes(count - end) : .foreign
    }
  }

  /// Whether the trailer's first bytes lie at `offset`, as far as the file goes.
  private func hasMagic(_ file: borrowing ReadableFile, at offset: Int) throws(CheckpointError.Reason) -> Bool {
    let bytes = try file.readArray(offset..<min(file.byteCount, offset + Trailer.magic.count))
    return bytes.elementsEqual(Trailer.magic.prefix(bytes.count))
  }
}
