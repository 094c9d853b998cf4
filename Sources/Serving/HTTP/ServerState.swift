import Synchronization

/// Which connections there are and what they are at, for limits and for an orderly end.
final class ServerState: Sendable {
  private struct State {
    var isDraining = false
    /// Connections that wait for a request.
    var idle: Set<Int> = []
    var streams = 0
    /// Bytes of bodies under way, as announced.
    var bodies = 0
  }

  private let state = Mutex(State())

  var isDraining: Bool { state.withLock(\.isDraining) }

  /// A connection has nothing to do.
  ///
  /// - Returns: false where it is to end.
  func idle(_ id: Int) -> Bool {
    state.withLock { state in
      guard !state.isDraining else { return false }
      state.idle.insert(id)
      return true
    }
  }

  func busy(_ id: Int) { _ = state.withLock { $0.idle.remove(id) } }

  /// From here on no connection gets another request.
  ///
  /// - Returns: the connections that wait for one.
  func drain() -> Set<Int> {
    state.withLock { state in
      state.isDraining = true
      return state.idle
    }
  }

  /// Makes room for a body; given back by `release`.
  ///
  /// - Returns: false where too much is under way.
  func reserve(_ bytes: Int, limit: Int) -> Bool {
    state.withLock { state in
      // One body alone always has room.
      guard state.bodies == 0 || bytes <= limit - state.bodies else { return false }
      state.bodies += bytes
      return true
    }
  }

  func release(_ bytes: Int) { state.withLock { $0.bodies -= bytes } }

  /// A place among the streams of events, given back when nobody holds it.
  final class StreamPlace: Sendable {
    private let state: ServerState

    fileprivate init(_ state: ServerState) { self.state = state }
    deinit { state.state.withLock { $0.streams -= 1 } }
  }

  /// Counts a stream of events in; nil where there are enough.
  func openStream(limit: Int) -> StreamPlace? {
    state.withLock { state in
      guard state.streams < limit, !state.isDraining else { return nil }
      state.streams += 1
      return StreamPlace(self)
    }
  }
}
