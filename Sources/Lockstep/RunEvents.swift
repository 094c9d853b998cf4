import Dispatch
import Synchronization
import Training

/// What happens in a run that trains on a thread of its own: `Run.events`.
///
///     let events = run.events()
///     for try await event in events {
///       if case .epoch(let epoch, _) = event, epoch.evaluation["accuracy"] ?? 0 > 0.99 { break }
///     }
///     let end = try await events.stop()
public struct RunEvents: AsyncSequence, Sendable {
  /// An event.
  public typealias Element = RunEvent

  private let stream: AsyncThrowingStream<RunEvent, any Error>
  private let request: StopRequest
  private let outcome = RunOutcome()

  /// Begins a run.
  init(
    _ train: @escaping @Sendable (_ stop: StopRequest, _ onEvent: @escaping (RunEvent) -> Void) throws -> RunEnd
  ) {
    let (request, outcome) = (StopRequest(), outcome)
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: RunEvent.self)
    (self.stream, self.request) = (stream, request)
    continuation.onTermination = { _ in request.stop() }
    DispatchQueue(label: "lockstep.run", qos: .userInitiated).async {
      let result = Result { try train(request) { continuation.yield($0) } }
      outcome.set(result)
      switch result {
      case .success: continuation.finish()
      case .failure(let error): continuation.finish(throwing: error)
      }
    }
  }

  /// Iterates over the events; for one task.
  public func makeAsyncIterator() -> AsyncThrowingStream<RunEvent, any Error>.Iterator { stream.makeAsyncIterator() }

  /// Stops the run after its current step, unless it is over, and waits until its last checkpoint is on the disk.
  ///
  /// - Returns: how it ended.
  /// - Throws: what `Run.train` throws.
  @discardableResult
  public func stop() async throws -> RunEnd {
    request.stop()
    return try await outcome.value()
  }
}

/// How a run ended, for those who wait for it.
private final class RunOutcome: Sendable {
  private struct State {
    var result: Result<RunEnd, any Error>?
    var waiting: [CheckedContinuation<RunEnd, any Error>] = []
  }

  private let state = Mutex(State())

  func set(_ result: Result<RunEnd, any Error>) {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      state.result = result
      return state.waiting
    }
    for continuation in waiting { continuation.resume(with: result) }
  }

  func value() async throws -> RunEnd {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state in
        if state.result == nil { state.waiting.append(continuation) }
        return state.result
      }
      if let result { continuation.resume(with: result) }
    }
  }
}
