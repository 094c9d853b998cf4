import Tensors

/// A run of an HDF5 image's bytes. Every look at them is checked: where they end too early, an error says where.
struct HDF5Bytes: Sendable {
  /// The bytes; whoever made this keeps their memory.
  let view: View<UInt8>
  /// Place of the first one in the image.
  let start: Int

  /// A whole image.
  init(image: View<UInt8>) { self.init(view: image, start: 0) }

  private init(view: View<UInt8>, start: Int) {
    self.view = view
    self.start = start
  }

  var count: Int { view.count }

  /// Some of them.
  func part(at offset: Int, count: Int) throws(HDF5Error) -> HDF5Bytes {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw HDF5Error(
        operation: "read", object: "\(count) bytes from byte \(start + max(0, offset)) on",
        message: "they are not all there")
    }
    return HDF5Bytes(view: view[offset..<offset + count], start: start + offset)
  }

  /// A little-endian number of at most 8 bytes.
  func bits(at offset: Int, bytes: Int) throws(HDF5Error) -> UInt64 {
    let part = try part(at: offset, count: bytes).view
    return (0..<bytes).reduce(0) { $0 | UInt64(part[$1]) << (8 * UInt64($1)) }
  }

  /// The same as a length or place, which has 63 bits.
  func number(at offset: Int, bytes: Int) throws(HDF5Error) -> Int {
    guard let number = Int(exactly: try bits(at: offset, bytes: bytes)) else {
      throw HDF5Error(operation: "read", object: "the number at byte \(start + offset)", message: "it is too large")
    }
    return number
  }

  /// A place in the image; nil where nothing was ever put there.
  func address(at offset: Int) throws(HDF5Error) -> Int? {
    let bits = try bits(at: offset, bytes: 8)
    return bits == .max ? nil : try number(at: offset, bytes: 8)
  }

  /// Whether these bytes begin so.
  func begins(with bytes: [UInt8]) -> Bool {
    count >= bytes.count && bytes.indices.allSatisfy { view[$0] == bytes[$0] }
  }

  /// An error about what should lie here.
  func isNo(_ thing: String) -> HDF5Error {
    HDF5Error(operation: "read", object: "what lies at byte \(start)", message: "it is no \(thing)")
  }
}
