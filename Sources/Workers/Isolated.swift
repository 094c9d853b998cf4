/// A value with cache lines of its own: threads that write its neighbours in memory do not slow down those that read it.
///
/// 128 bytes on either side, because processors fetch lines of 64 bytes in pairs.
struct Isolated<Value: ~Copyable>: ~Copyable {
  private typealias Gap = (
    UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
    UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
  )
  private let before: Gap = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  /// The value.
  let value: Value
  private let after: Gap = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

  init(_ value: consuming Value) { self.value = value }
}

extension Isolated: Sendable where Value: Sendable & ~Copyable {}
