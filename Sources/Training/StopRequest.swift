import Dispatch
import Synchronization

/// What somebody outside asked of a running training: to stop, or to save. The loop looks at it between steps.
public final class StopRequest: Sendable {
  private let signal = Atomic<Int32>(0)
  /// When it was first asked to stop, in nanoseconds; 0 for never.
  private let asked = Atomic<UInt64>(0)
  private let save = Atomic<Bool>(false)

  /// Nothing asked.
  public init() {}

  /// Asks to finish the step, save and stop.
  ///
  /// - Parameter number: the number of the signal that asks.
  /// - Returns: true where somebody had asked a tenth of a second before or earlier. What comes sooner is the same request:
  ///   `timeout` sends its signal to the process and to its group.
  @discardableResult
  public func stop(signal number: Int32) -> Bool {
    let now = DispatchTime.now().uptimeNanoseconds
    let earlier = asked.compareExchange(expected: 0, desired: now, ordering: .relaxed)
    if earlier.exchanged { signal.store(number, ordering: .relaxed) }
    return !earlier.exchanged && now - min(now, earlier.original) >= 100_000_000
  }

  /// What stands for a signal where the program itself asks; no signal has this number.
  static let byProgram: Int32 = -1

  /// Asks to finish the step, save and stop: a request of the program itself. From any thread.
  public func stop() { stop(signal: StopRequest.byProgram) }

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
