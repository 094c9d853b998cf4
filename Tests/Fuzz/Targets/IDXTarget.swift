import Datasets

/// A label file and an image file of MNIST's names: a byte that says which of them is to be wrapped in gzip, then a
/// count and the labels, then the images.
enum IDXTarget {
  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    let wraps = input.byte()
    let labels = input.block()
    let images = input.rest()
    let directory = try ScratchDirectory()
    defer { directory.remove() }
    try directory.write(wraps & 1 == 0 ? labels : Gzip.member(labels), to: "t10k-labels-idx1-ubyte")
    try directory.write(wraps & 2 == 0 ? images : Gzip.member(images), to: "t10k-images-idx3-ubyte")
    try Expected.resultOrMessage {
      let dataset = try MNISTSource(directory: directory.path).load(.test, context: DatasetContext())
      guard dataset.images.count == dataset.count * dataset.shape.count else {
        throw FuzzFailure("\(dataset.images.count) bytes for \(dataset.count) images of \(dataset.shape)")
      }
    }
    try Expected.resultOrMessage { _ = try DataDescription(path: directory.path + "/t10k-images-idx3-ubyte") }
    try Expected.resultOrMessage { _ = try DataDescription(path: directory.path) }
  }
}

/// Gzip members (RFC 1952) of one stored block.
enum Gzip {
  static func member(_ content: [UInt8]) -> [UInt8] {
    let content = content.prefix(0xFFFF)
    let count = UInt16(content.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + littleEndian(count) + littleEndian(~count) + content
      + littleEndian(checksum(content)) + littleEndian(UInt32(count))
  }

  private static func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32, which PNG has too.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { register, byte in
      (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }
}
