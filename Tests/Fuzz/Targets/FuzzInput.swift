/// Takes a fuzzer's bytes apart, front to back; zeros where they end, so that every input means something.
struct FuzzInput {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

  mutating func bool() -> Bool { byte() & 1 == 1 }

  /// Little-endian.
  mutating func short() -> Int { Int(byte()) | Int(byte()) << 8 }

  /// Little-endian, all bits.
  mutating func long() -> Int64 {
    Int64(bitPattern: (0..<8).reduce(UInt64(0)) { value, index in value | UInt64(byte()) << (8 * UInt64(index)) })
  }

  /// As many bytes as there are, at most `count`.
  mutating func take(_ count: Int) -> [UInt8] {
    let taken = bytes.prefix(count)
    bytes = bytes.dropFirst(count)
    return Array(taken)
  }

  /// A count and as many bytes.
  mutating func block() -> [UInt8] { take(short()) }

  /// All that is left.
  mutating func rest() -> [UInt8] { take(bytes.count) }

  /// Applies changes to some bytes until the input ends: where (2 bytes), how many (1 byte), which.
  mutating func patch(_ target: inout [UInt8]) {
    while !isAtEnd {
      let start = short()
      for (offset, byte) in take(Int(byte())).enumerated() where start + offset < target.count {
        target[start + offset] = byte
      }
    }
  }
}
