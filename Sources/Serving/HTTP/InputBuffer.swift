/// Bytes that have arrived and are not used yet.
package struct InputBuffer {
  /// Memory that a connection may keep while it has nothing to read.
  private static let kept = 1 << 16

  private var storage: [UInt8] = []
  private var start = 0
  /// Up to here there is no end of a head.
  private var searched = 0

  package init() {}

  package var bytes: ArraySlice<UInt8> { storage[start...] }
  package var count: Int { storage.count - start }
  package var isEmpty: Bool { count == 0 }
  /// Bytes of memory that it holds.
  package var capacity: Int { storage.capacity }

  package mutating func append(_ bytes: [UInt8]) {
    if start == storage.count {
      storage = bytes
      (start, searched) = (0, 0)
    } else {
      storage += bytes
    }
  }

  package mutating func drop(_ count: Int) {
    start += count
    searched = start
    // What is used is given back, but not for every few bytes. `removeFirst` would keep its memory, and a connection that waits is in no
    // budget of bodies.
    guard storage.capacity > InputBuffer.kept, start > InputBuffer.kept || isEmpty, start > storage.count / 2 else {
      return
    }
    storage = Array(storage[start...])
    (start, searched) = (0, 0)
  }

  package mutating func take(_ count: Int) -> [UInt8] {
    defer { drop(count) }
    return Array(storage[start..<start + count])
  }

  mutating func dropLeadingLineEnds() {
    while start + 1 < storage.count, storage[start] == UInt8(ascii: "\r"), storage[start + 1] == UInt8(ascii: "\n") {
      drop(2)
    }
  }

  /// The bytes before the first empty line, if that has come within the limit; looks at no byte twice.
  mutating func takeHead(limit: Int) -> ArraySlice<UInt8>? {
    var index = max(searched, start + 3)
    while index < storage.count, index - start < limit {
      if storage[index] == UInt8(ascii: "\n"), storage[index - 1] == UInt8(ascii: "\r"),
        storage[index - 2] == UInt8(ascii: "\n"), storage[index - 3] == UInt8(ascii: "\r")
      {
        let head = storage[start..<index - 3]
        start = index + 1
        searched = start
        return head
      }
      index += 1
    }
    searched = max(start, index)
    return nil
  }
}
