import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a worker can be busy with.
public enum Activity: UInt32, BitwiseCopyable, Sendable {
  /// Reading and normalising a shard's samples.
  case data
  /// Deriving from a stage's parameters what its passes want; `index` is the stage.
  case prepare
  /// The forward pass of stage `index`.
  case forward
  /// The loss and its gradient.
  case loss
  /// The backward pass of stage `index`.
  case backward
  /// A whole shard; `index` is its number.
  case shard
  /// Forming some rows of a deferred gradient of stage `index`, as the first part of a slice.
  case weights
  /// Summing and updating slice `index` of the parameters.
  case reduce
  /// The phase of shards, of slices, of slices with a norm that is known now; of the whole pool.
  case gradientPhase
  case reducePhase
  case updatePhase
  /// A whole step; `index` is its number.
  case step
}

/// A stretch of time that a worker spent on one thing.
public struct RecordedEvent: BitwiseCopyable, Sendable, Equatable {
  /// On what.
  public let activity: Activity
  /// Which one, where there are several.
  public let index: UInt32
  /// Nanoseconds of the monotonic clock.
  public let begin: UInt64
  public let end: UInt64

  /// Creates an event.
  public init(_ activity: Activity, index: Int = 0, begin: UInt64, end: UInt64) {
    self.activity = activity
    self.index = UInt32(truncatingIfNeeded: index)
    self.begin = begin
    self.end = end
  }
}

/// Writes down what one worker does at what time, into memory that was allocated before.
///
/// A run without one pays a branch for every stage. With one that is on, a stage costs a reading of the clock.
public final class Recorder: @unchecked Sendable {
  // Safe to send: like the workspace that it belongs to, the worker pool gives it to one worker at a time; everything
  // else happens between the phases of a step. That is also why the runtime need not check for overlapping accesses.
  private let events: Storage<RecordedEvent>
  @exclusivity(unchecked) private var count = 0
  @exclusivity(unchecked) private var last: UInt64 = 0

  /// Whether anything is written down. To be changed between phases only.
  @exclusivity(unchecked) public var isOn = false
  /// Events for which there was no room.
  @exclusivity(unchecked) public private(set) var dropped = 0

  /// - Parameter capacity: most events between two calls of `take`.
  public init(capacity: Int) { events = Storage(count: capacity) }

  /// Begins a row of laps.
  ///
  /// - Returns: the time, for `end`.
  public func begin() -> UInt64 {
    guard isOn else { return 0 }
    last = Recorder.now()
    return last
  }

  /// Writes down that everything since `begin` or the lap before was spent on one thing.
  public func lap(_ activity: Activity, _ index: Int = 0) {
    guard isOn else { return }
    let now = Recorder.now()
    write(RecordedEvent(activity, index: index, begin: last, end: now))
    last = now
  }

  /// Writes down what took from `begin` until now, whatever laps it had.
  public func end(_ activity: Activity, _ index: Int = 0, since begin: UInt64) {
    guard isOn else { return }
    write(RecordedEvent(activity, index: index, begin: begin, end: Recorder.now()))
  }

  /// The events so far, which are forgotten.
  public func take() -> [RecordedEvent] {
    defer { count = 0 }
    return withExtendedLifetime(events) { events.view[0..<count].array() }
  }

  private func write(_ event: RecordedEvent) {
    guard count < events.count else {
      dropped += 1
      return
    }
    events.mutableView[count] = event
    count += 1
  }

  /// Nanoseconds of the monotonic clock.
  public static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
