import Training

/// What the server answers, without a socket: for tests and fuzzers.
package struct OfflineService: Sendable {
  private let service: Service

  /// Loads the checkpoint.
  package init(_ settings: ServeSettings, machine: Machine) throws {
    service = try Service.make(settings, state: ServerState(), machine: machine) { _ in }.0
  }

  /// The answer to bytes as they would come over a connection that ends behind them; nil where they end too early for one.
  package func answer(_ bytes: [UInt8]) async -> (status: Int, fields: [(name: String, value: String)], body: [UInt8])?
  {
    var input = InputBuffer()
    input.append(bytes)
    var head: HTTPRequestHead?
    var response: HTTPResponse
    do throws(HTTPError) {
      guard let request = try request(&input, head: &head) else { return nil }
      response = await service.answer(request)
    } catch {
      response = service.answer(error, to: head)
    }
    guard case .bytes(let body) = response.body else { return (response.status, response.fields, []) }
    return (response.status, response.fields, body)
  }

  private func request(
    _ input: inout InputBuffer, head found: inout HTTPRequestHead?
  ) throws(HTTPError) -> HTTPRequest? {
    guard let bytes = input.takeHead(limit: service.limits.head) else { return nil }
    let head = try HTTPRequestHead(bytes, limits: service.limits)
    found = head
    let limit = try service.accept(head)
    switch head.framing {
    case .none: return HTTPRequest(head: head, body: [])
    case .length(let length):
      guard length <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
      return length <= input.count ? HTTPRequest(head: head, body: input.take(length)) : nil
    case .chunked:
      var body = ChunkedBody(limit: limit)
      _ = try body.append(input.bytes)
      return body.isDone ? HTTPRequest(head: head, body: body.body) : nil
    }
  }
}
