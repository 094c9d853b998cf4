/// A value that the training thread sets between phases and workers read during them.
///
/// Bodies of phases are made once, so that a step allocates nothing; what changes from step to step reaches them through this.
public final class Lent<Value: Sendable>: @unchecked Sendable {
  // Safe to send: written only between phases; starting a phase publishes it, and the end of a phase orders all reads
  // before the next write (both in `PhaseState`).

  /// The value. Set it between phases only.
  ///
  /// Unchecked because the phases keep writing and reading apart; the runtime's check would cost every item of a phase two calls.
  @exclusivity(unchecked) public var value: Value

  /// Creates a box.
  public init(_ value: Value) { self.value = value }
}
