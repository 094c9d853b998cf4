import Dispatch
import Synchronization
import Workers

/// Notices that a phase of a step, or an evaluation, makes no progress: that for some time no worker has begun or finished an item. And
/// that the training thread waits for a save all that time: the disk does not answer.
///
/// The workers note what they are at with one relaxed store for each item; the watchdog looks at these notes ten times within its time.
/// It counts its looks rather than seconds, so that a process that was suspended (Ctrl-Z) is not taken for one that hangs.
public final class Watchdog: Sendable {
  /// A phase that does not end.
  public struct Stall: Equatable, Sendable, CustomStringConvertible {
    /// How long nothing has happened, in seconds.
    public var seconds: Double
    /// The step, from 1.
    public var step: Int
    /// `gradient phase`, for example.
    public var phase: String
    /// `worker 1 in shard 3`, for each worker that is at something; in a save, that the disk is waited for.
    public var places: [String]

    /// `step 12: no progress in the gradient phase for 600 s: worker 1 in shard 3`.
    public var description: String {
      let number = seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
      return "step \(step): no progress in the \(phase) for \(number) s: "
        + (places.isEmpty ? "no worker is at work" : places.joined(separator: ", "))
    }
  }

  private static let looks = 10

  private let seconds: Double
  private let onStall: @Sendable (Stall) -> Void

  /// - Parameters:
  ///   - seconds: how long nothing may happen, above 0.
  ///   - onStall: called once for each stall, on a thread of its own, while the training thread still waits.
  public init(seconds: Double, onStall: @escaping @Sendable (Stall) -> Void) {
    precondition(seconds > 0 && seconds.isFinite, "a watchdog without patience")
    self.seconds = seconds
    self.onStall = onStall
  }

  /// What is seen in one look.
  private struct View: Equatable {
    var step: Int
    var phase: Pulse.Phase
    var places: [WorkerPool.Place]
  }

  private struct Watch {
    var last: View?
    var quietLooks = 0
  }

  /// Watches until the returned timer is cancelled.
  func watch(_ pool: WorkerPool, _ pulse: Pulse) -> any DispatchSourceTimer {
    let queue = DispatchQueue(label: "lockstep.watchdog", qos: .utility)
    let timer = DispatchSource.makeTimerSource(queue: queue)
    let interval = seconds / Double(Watchdog.looks)
    timer.schedule(deadline: .now() + interval, repeating: interval)
    let watch = Shared(Watch())
    timer.setEventHandler {
      let view = View(step: pulse.step, phase: pulse.phase, places: pool.places())
      let isStalled = watch.value.withLock { watch in
        let isQuiet = view.phase != .none && view == watch.last
        watch.quietLooks = isQuiet ? watch.quietLooks + 1 : 0
        watch.last = view
        return watch.quietLooks == Watchdog.looks
      }
      if isStalled { self.onStall(self.stall(view)) }
    }
    timer.activate()
    return timer
  }

  private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
  }

  private func stall(_ view: View) -> Stall {
    let (phase, item) =
      switch view.phase {
      case .none, .gradient: ("gradient phase", "shard")
      case .reduce: ("reduce phase", "slice")
      case .update: ("update phase", "slice")
      case .evaluation: ("evaluation", "part")
      case .save: ("save", "part")
      }
    let places = view.places.map { "worker \($0.worker) in \(item) \($0.item)" }
    return Stall(
      seconds: seconds, step: view.step, phase: phase, places: view.phase == .save ? ["waiting for the disk"] : places)
  }
}
