import Tensors
import Testing

@Suite("Byte counter") struct ByteCounterTests {
  /// Half of them zeros, in runs.
  private func bytes(_ count: Int) -> [UInt8] {
    var random = RandomStream(seed: 3, purpose: .test)
    return (0..<count).map { $0 / 21 % 2 == 0 ? 0 : UInt8(random.integer(below: 256)) }
  }

  @Test("counts every byte in its channel", arguments: [1, 2, 3, 4, 5, 7], [0, 1, 5, 8, 39, 784])
  func counts(channels: Int, pixels: Int) {
    let counter = ByteCounter(channels: channels)
    var expected = [Int](repeating: 0, count: channels * 256)
    // In several goes, each of which begins with the first channel.
    for count in [pixels, 1, 2 * pixels] {
      let bytes = bytes(count * channels)
      let storage = Storage(bytes)
      counter.add(storage.view)
      withExtendedLifetime(storage) {}
      for (index, byte) in bytes.enumerated() { expected[index % channels * 256 + Int(byte)] += 1 }
    }
    #expect(counter.counts == expected)
  }
}
