import Serving
import Testing

/// Bytes between the socket and the requests.
@Suite("The buffer of a connection")
struct InputBufferTests {
  @Test("gives its memory back when what came is used", arguments: [0, 3, 5000])
  func memory(rest: Int) {
    var buffer = InputBuffer()
    let bytes = (0..<(1 << 20) + rest).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for start in stride(from: 0, to: bytes.count, by: 4096) {
      buffer.append(Array(bytes[start..<min(start + 4096, bytes.count)]))
    }
    #expect(buffer.take(1 << 20) == Array(bytes[..<(1 << 20)]))
    #expect(buffer.capacity < 1 << 16)
    #expect(Array(buffer.bytes) == Array(bytes[(1 << 20)...]))
    buffer.append([1, 2])
    #expect(buffer.count == rest + 2 && buffer.take(rest + 2).suffix(2) == [1, 2] && buffer.isEmpty)
  }

  @Test("gives it back bit by bit where it is used bit by bit")
  func pieces() {
    var buffer = InputBuffer()
    buffer.append([UInt8](repeating: 1, count: 1 << 20))
    for _ in 0..<1 << 10 { buffer.drop(1 << 10) }
    #expect(buffer.isEmpty && buffer.capacity < 1 << 16)
  }
}
