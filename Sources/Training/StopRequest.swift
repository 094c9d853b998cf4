import Synchronization

/// What somebody outside asked of a running training: to stop, or to save. The loop looks at it between steps.
public final class StopRequest: Sendable {
  private let signal = Atomic<Int32>(0)
  private let save = Atomic<Bool>(false)

  /// Nothing asked.
  public init() {}

  /// Asks to finish the step, save and stop.
  ///
  /// - Parameter signal: the number of the signal that asks.
  /// - Returns: true where somebody had asked before.
  @discardableResult
  public func stop(signal number: Int32) -> Bool {
    !signal.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
  }

  /// Asks to save after the current step and go on.
  public func saveNow() { save.store(true, ordering: .relaxed) }

  /// The signal that asked to stop, or nil.
  public var stopSignal: Int32? {
    let number = signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Whether a save was asked for since the last call.
  func takeSaveRequest() -> Bool { save.exchange(false, ordering: .relaxed) }
}
