import FlyingSocks
import Foundation

/// Listens, accepts and limits connections.
final class HTTPServer: Sendable {
  let limits: HTTPLimits
  let state: ServerState
  private let watch = DeadlineWatch()
  private let socket: Socket
  private let handler: any HTTPHandler
  private let pool: SocketPool<ePoll> = .ePoll(maxEvents: 128)

  /// Takes the port.
  ///
  /// - Throws: `ServeError.cannotListen`.
  init(
    host: ListenAddress, port: UInt16, limits: HTTPLimits, state: ServerState, handler: any HTTPHandler
  ) throws(ServeError) {
    self.limits = limits
    self.state = state
    self.handler = handler
    do {
      let (family, address): (Int32, any SocketAddress) =
        switch host {
        case .ip4(let text): (AF_INET, try sockaddr_in.inet(ip4: text, port: port))
        case .ip6(let text): (AF_INET6, try sockaddr_in6.inet6(ip6: text, port: port))
        }
      socket = try Socket(domain: family)
      try socket.setValue(true, for: .localAddressReuse)
      try socket.bind(to: address)
      try socket.listen()
    } catch SocketError.failed(_, let code, let reason) {
      throw .cannotListen(host: host.description, port: port, code: code, reason: reason)
    } catch {
      throw .cannotListen(host: host.description, port: port, code: 0, reason: "\(error)")
    }
  }

  /// The port, also where any was asked for.
  var port: UInt16 {
    switch try? socket.sockname() {
    case .ip4(_, let port), .ip6(_, let port): port
    default: 0
    }
  }

  /// Serves until the task around it is cancelled; then ends what is under way, within its time.
  func run() async throws {
    try await pool.prepare()
    let pool = Task { try await self.pool.run() }
    let watching = Task { await watch.run() }
    defer {
      pool.cancel()
      watching.cancel()
    }
    let listener = try AsyncSocket(socket: socket, pool: self.pool)
    await accept(on: listener)
    try? listener.close()
    await drain()
  }

  private func accept(on listener: AsyncSocket) async {
    var next = 0
    while !Task.isCancelled {
      do {
        let socket = try await listener.accept()
        next += 1
        serve(socket, id: next)
      } catch is CancellationError {
        return
      } catch {
        // A client that left before it was accepted, or no descriptor that is free: neither is a reason to end. FlyingFox's own server
        // ends here.
        try? await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  private func serve(_ socket: AsyncSocket, id: Int) {
    guard watch.count < limits.connections else {
      let error = HTTPError(
        .unavailable, "\(limits.connections) connections are open already", fields: [("Retry-After", "1")])
      if case .bytes(let body) = error.response.body {
        _ = try? socket.socket.write(Data(handler.answer(error, to: nil).head(keepsAlive: false) + body))
      }
      try? socket.close()
      return
    }
    let connection = HTTPConnection(
      id: id, socket: socket, limits: limits, watch: watch, handler: handler, state: state)
    watch.start(id) {
      await connection.run()
      self.state.busy(id)
    }
  }

  private func drain() async {
    let idle = state.drain()
    watch.cancel { idle.contains($0) }
    let end = ContinuousClock.now + limits.drain
    // Not `Task.sleep`, which a cancelled task does not get.
    while watch.count > 0, ContinuousClock.now < end { await HTTPServer.pause(milliseconds: 10) }
    watch.cancel { _ in true }
    for _ in 0..<50 where watch.count > 0 { await HTTPServer.pause(milliseconds: 10) }
  }

  private static func pause(milliseconds: Int) async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { continuation.resume() }
    }
  }
}
