import CKernels

/// A borrowed, read-only run of elements.
///
/// A view does not keep its memory alive: whoever hands it out (a `Storage`, a workspace) outlives it. Views exist so that the hot
/// path carries a pointer and a length and nothing that is reference counted. Every subscript is bounds-checked; kernels get the
/// pointer after their own check of the length, once per call.
public struct View<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Safe to send: reading shared memory is a race only against a writer, and the worker pool lends writers disjoint views.
  package let base: UnsafePointer<Element>
  /// Number of elements.
  public let count: Int

  package init(base: UnsafePointer<Element>, count: Int) {
    self.base = base
    self.count = count
  }

  /// The element at `index`, which must be in `0..<count`.
  public subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count, "view index out of range")
    return base[index]
  }

  /// The part in `range`, which must lie in `0..<count`.
  public subscript(range: Range<Int>) -> View {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "view range out of bounds")
    return View(base: base + range.lowerBound, count: range.count)
  }

  /// Asks the processor to bring the elements into its cache; does not wait for them.
  public func prefetch() { ls_prefetch(base, Int64(count * MemoryLayout<Element>.stride)) }

  /// A copy as an array: for tests, reports and saving, not for the hot path.
  public func array() -> [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// The elements' bytes, in this machine's order (little-endian on every supported one).
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count * MemoryLayout<Element>.stride))
  }
}

/// A borrowed run of elements that its holder alone may write.
public struct MutableView<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Safe to send: a mutable view is lent to one worker at a time; the pool's phases are the barriers.
  package let base: UnsafeMutablePointer<Element>
  /// Number of elements.
  public let count: Int

  package init(base: UnsafeMutablePointer<Element>, count: Int) {
    self.base = base
    self.count = count
  }

  /// The element at `index`, which must be in `0..<count`.
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "view index out of range")
      return base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "view index out of range")
      base[index] = newValue
    }
  }

  /// The part in `range`, which must lie in `0..<count`.
  public subscript(range: Range<Int>) -> MutableView {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "view range out of bounds")
    return MutableView(base: base + range.lowerBound, count: range.count)
  }

  /// The same elements, read-only.
  public var readOnly: View<Element> { View(base: base, count: count) }

  /// Writes `value` to every element.
  public func fill(with value: Element) { base.update(repeating: value, count: count) }

  /// Copies `source`, which must have the same count and may not overlap.
  public func copy(from source: View<Element>) {
    precondition(source.count == count, "copy between views of different length")
    base.update(from: source.base, count: count)
  }

  /// Copies `source`, which must have the same count.
  public func copy(from source: [Element]) {
    precondition(source.count == count, "copy from an array of different length")
    source.withUnsafeBufferPointer { if let start = $0.baseAddress { base.update(from: start, count: count) } }
  }

  /// A copy as an array.
  public func array() -> [Element] { readOnly.array() }

  /// The elements' bytes for writing, in this machine's order: what a file or a decompressor fills.
  public func withMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableRawBufferPointer(start: base, count: count * MemoryLayout<Element>.stride))
  }
}
