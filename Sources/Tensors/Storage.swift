/// Owns one run of memory, aligned to 64 bytes (a cache line and an AVX-512 vector) and zeroed at birth.
///
/// Storage is allocated before the first step and lives as long as the run; nothing in the hot path allocates.
public final class Storage<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Safe to send: storage is memory only. Who may touch which part at what time is the holder's contract
  // (the worker pool's phases, or a lock named where the storage is held).
  private let base: UnsafeMutablePointer<Element>
  /// Number of elements.
  public let count: Int

  /// - Parameter zeroed: false leaves the memory untouched, so that the worker that first writes it places it (NUMA first touch);
  ///   its content is then unspecified.
  /// - Precondition: `count >= 0`.
  public init(count: Int, zeroed: Bool = true) {
    precondition(count >= 0, "storage of negative length")
    let bytes = max(64, count * MemoryLayout<Element>.stride)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    base = raw.bindMemory(to: Element.self, capacity: count)
    if zeroed { raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes) }
    self.count = count
  }

  /// A copy of `elements`.
  public convenience init(_ elements: [Element]) {
    self.init(count: elements.count, zeroed: false)
    mutableView.copy(from: elements)
  }

  deinit { base.deallocate() }

  /// The elements, read-only.
  public var view: View<Element> { View(base: base, count: count) }
  /// The elements, writable.
  public var mutableView: MutableView<Element> { MutableView(base: base, count: count) }

  /// A copy as an array; safe on storage that nobody else holds, where a view would be left without its memory.
  public func array() -> [Element] { withExtendedLifetime(self) { view.array() } }

  /// The elements' bytes for writing, in this machine's order: what a file or a decompressor fills.
  public func withMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try mutableView.withMutableBytes(body)
  }
}
