/// Counts how often each byte value occurs in each channel of images.
///
/// Neighbours are counted in tables of their own, since an increment would otherwise wait for that of an equal byte just before; and
/// runs of zeros, which fill most images of digits, are counted by the word.
public final class ByteCounter {
  /// Number of channels.
  public let channels: Int
  private let ways: Int
  /// `[ways, 256]`; element `i` counts in table `i % ways`, so a table belongs to one channel.
  private let tables: Storage<Int>
  /// Zeros that are in no table, of all channels alike.
  private var zeros = 0

  /// Nothing counted yet.
  ///
  /// - Precondition: `channels >= 1`.
  public init(channels: Int) {
    precondition(channels >= 1, "an image has channels")
    self.channels = channels
    ways = (4 + channels - 1) / channels * channels
    tables = Storage(count: ways * 256)
  }

  /// Counts the bytes of whole pixels: element `i` belongs to channel `i % channels`.
  public func add(_ bytes: View<UInt8>) {
    precondition(bytes.count % channels == 0, "a pixel was cut")
    var next = ways == 4 ? addWords(bytes) : 0
    let tables = tables.mutableView
    var table = 0
    while next < bytes.count {
      tables[table * 256 + Int(bytes[next])] += 1
      table = table + 1 == ways ? 0 : table + 1
      next += 1
    }
  }

  /// Counts by words of eight as far as they go, and returns how far.
  private func addWords(_ bytes: View<UInt8>) -> Int {
    let (raw, tables) = (UnsafeRawPointer(bytes.base), tables.mutableView.base)
    var (zeros, start) = (0, 0)
    while start + 8 <= bytes.count {
      var word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      start += 8
      if word == 0 {
        zeros += 8
        continue
      }
      for place in 0..<8 {
        tables[(place & 3) * 256 + Int(word & 255)] += 1
        word >>= 8
      }
    }
    self.zeros += zeros
    return start
  }

  /// `[channels, 256]`: how often each value occurred.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: channels * 256)
    for index in 0..<tables.count {
      counts[index / 256 % channels * 256 + index % 256] += tables.view[index]
    }
    for channel in 0..<channels { counts[channel * 256] += zeros / channels }
    return counts
  }
}
