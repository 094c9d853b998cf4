import FlyingSocks
import Foundation

/// One connection: requests one after the other, each within its limits.
///
/// Reading and writing are FlyingSocks's; what HTTP is, and what is too much of it, is here. Its task is cancelled when a deadline is
/// over.
struct HTTPConnection: Sendable {
  /// How far a request is, for what a deadline means.
  private enum Phase {
    case idle
    case reading
    case answering
  }

  /// Bytes that are still read, and for how long, from a client that was told that its request is refused: an answer is lost where the
  /// connection is closed while bytes arrive.
  private static let (lingerBytes, lingerTime) = (4 << 20, Duration.seconds(2))

  let id: Int
  let socket: AsyncSocket
  let limits: HTTPLimits
  let watch: DeadlineWatch
  let handler: any HTTPHandler
  let state: ServerState

  /// Serves until either side closes.
  func run() async {
    defer { try? socket.close() }
    // An answer in several writes, or a small one behind another, is not to wait for the client's acknowledgement.
    try? socket.socket.setValue(1, for: Int32SocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY))
    var input = InputBuffer()
    var phase = Phase.idle
    do {
      while try await serveNext(&input, phase: &phase) {}
    } catch let error as HTTPError {
      await refuse(handler.answer(error, to: nil), &input)
    } catch is CancellationError {
      // The deadline: nobody to tell where no request was begun, or its answer is not taken.
      if phase == .reading, !state.isDraining {
        let error = HTTPError(.timeout, "the request did not arrive within its time")
        sendAtOnce(handler.answer(error, to: nil))
      }
    } catch {
      // The client has gone.
    }
  }

  /// - Returns: whether another request may follow.
  private func serveNext(_ input: inout InputBuffer, phase: inout Phase) async throws -> Bool {
    phase = .idle
    if input.isEmpty {
      guard state.idle(id) else { return false }
      watch.set(id, limits.idle)
      guard try await read(&input) else { return false }
    }
    state.busy(id)
    phase = .reading
    watch.set(id, limits.headTime)
    guard let head = try await readHead(&input) else { return false }
    let limit: Int
    let reserved: Int
    do throws(HTTPError) {
      limit = try handler.accept(head)
      reserved = try reserve(head.framing, limit: limit)
    } catch {
      let response = handler.answer(error, to: head)
      // Where nothing of a body follows, the connection is as good as before.
      guard head.framing == .none, head.keepsAlive, !state.isDraining else {
        await refuse(response, &input)
        return false
      }
      try await send(response, to: head, keepsAlive: true)
      return true
    }
    defer { state.release(reserved) }
    watch.set(id, limits.bodyTime)
    let body = try await readBody(head, limit: limit, &input)
    watch.set(id, nil)
    phase = .answering
    let response = await handler.answer(HTTPRequest(head: head, body: body))
    return try await send(response, to: head, keepsAlive: head.keepsAlive && !state.isDraining)
  }

  /// Makes room for a body.
  ///
  /// - Returns: for how many bytes.
  private func reserve(_ framing: HTTPRequestHead.Framing, limit: Int) throws(HTTPError) -> Int {
    let bytes =
      switch framing {
      case .none: 0
      case .length(let length): length
      case .chunked: limit
      }
    guard bytes <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
    guard state.reserve(bytes, limit: limits.bodies) else {
      throw HTTPError(.unavailable, "too many large bodies are under way", fields: [("Retry-After", "1")])
    }
    return bytes
  }

  // MARK: Reading

  /// - Returns: false where the client has closed.
  private func read(_ input: inout InputBuffer) async throws -> Bool {
    do {
      input.append(try await socket.read(atMost: 4096))
      return true
    } catch SocketError.disconnected {
      return false
    }
  }

  private func readHead(_ input: inout InputBuffer) async throws -> HTTPRequestHead? {
    // RFC 9112, 2.2: an empty line before a request is passed over.
    while true {
      input.dropLeadingLineEnds()
      if let head = input.takeHead(limit: limits.head) { return try HTTPRequestHead(head, limits: limits) }
      guard input.count <= limits.head else {
        throw HTTPError(.headTooLarge, "the request's header fields have more than \(limits.head) bytes")
      }
      guard try await read(&input) else { return nil }
    }
  }

  private func readBody(_ head: HTTPRequestHead, limit: Int, _ input: inout InputBuffer) async throws -> [UInt8] {
    if head.expectsContinue, input.isEmpty {
      try await socket.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
    switch head.framing {
    case .none:
      return []
    case .length(let length):
      while input.count < length {
        guard try await read(&input) else { throw SocketError.disconnected }
      }
      return input.take(length)
    case .chunked:
      var body = ChunkedBody(limit: limit)
      while true {
        input.drop(try body.append(input.bytes))
        if body.isDone { return body.body }
        guard try await read(&input) else { throw SocketError.disconnected }
      }
    }
  }

  // MARK: Writing

  @discardableResult
  private func send(_ response: HTTPResponse, to head: HTTPRequestHead, keepsAlive: Bool) async throws -> Bool {
    watch.set(id, limits.writeTime)
    let hasBody = head.method != "HEAD"
    switch response.body {
    case .bytes(let bytes):
      try await socket.write(Data(response.head(keepsAlive: keepsAlive) + (hasBody ? bytes : [])))
      return keepsAlive
    case .stream(let source):
      try await socket.write(Data(response.head(keepsAlive: false)))
      guard hasBody else { return false }
      let (id, socket, watch, time) = (id, socket, watch, limits.writeTime)
      watch.set(id, nil)
      try await source { bytes in
        watch.set(id, time)
        try await socket.write(Data(bytes))
        watch.set(id, nil)
      }
      return false
    }
  }

  /// Sends an answer that ends the connection, and hears the client out for a while.
  private func refuse(_ response: HTTPResponse, _ input: inout InputBuffer) async {
    guard case .bytes(let bytes) = response.body else { return }
    watch.set(id, HTTPConnection.lingerTime)
    do {
      try await socket.write(Data(response.head(keepsAlive: false) + bytes))
      shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
      var left = HTTPConnection.lingerBytes
      while left > 0 { left -= try await socket.read(atMost: 4096).count }
    } catch {
      // The client has gone, or its time is over.
    }
  }

  /// Sends what the system takes without waiting.
  private func sendAtOnce(_ response: HTTPResponse) {
    guard case .bytes(let bytes) = response.body else { return }
    _ = try? socket.socket.write(Data(response.head(keepsAlive: false) + bytes))
    shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
  }
}
