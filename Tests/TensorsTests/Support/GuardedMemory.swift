import Glibc
import Tensors

/// Memory for what a kernel reads and writes. Each piece ends where a page without access begins, so one byte read or written behind
/// it kills the test; the bytes before it hold a pattern that `isIntact` compares.
///
/// A suite has one as a stored property: views do not keep their memory alive, the suite does, for the length of one test.
final class GuardedMemory {
  private struct Piece {
    let mapping: UnsafeMutableRawPointer
    let mappingLength: Int
    let margin: Int
  }

  private static let page = sysconf(Int32(_SC_PAGESIZE))
  private var pieces: [Piece] = []

  deinit {
    for piece in pieces { munmap(piece.mapping, piece.mappingLength) }
  }

  /// A writable copy of `elements`.
  func hold<Element: BitwiseCopyable & Sendable>(_ elements: [Element]) -> MutableView<Element> {
    let view = space(elements.count, of: Element.self)
    view.copy(from: elements)
    return view
  }

  /// Space for `count` results, filled with bytes that no result has.
  func space<Element: BitwiseCopyable & Sendable>(
    _ count: Int, of type: Element.Type = Float.self
  ) -> MutableView<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    let usable = (bytes / Self.page + 2) * Self.page  // at least one page of pattern
    guard
      let mapping = mmap(nil, usable + Self.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapping != MAP_FAILED, mprotect(mapping + usable, Self.page, PROT_NONE) == 0
    else { preconditionFailure("no memory for a test") }
    let margin = usable - bytes
    mapping.initializeMemory(as: UInt8.self, repeating: 0xA5, count: margin)
    (mapping + margin).initializeMemory(as: UInt8.self, repeating: 0x5A, count: bytes)
    pieces.append(Piece(mapping: mapping, mappingLength: usable + Self.page, margin: margin))
    return MutableView(base: (mapping + margin).bindMemory(to: Element.self, capacity: count), count: count)
  }

  /// Whether the bytes before the pieces are untouched.
  var isIntact: Bool {
    // The first byte holds the pattern and each equals the next: much faster than a loop in a debug build.
    pieces.allSatisfy { piece in
      piece.mapping.load(as: UInt8.self) == 0xA5 && memcmp(piece.mapping, piece.mapping + 1, piece.margin - 1) == 0
    }
  }
}
