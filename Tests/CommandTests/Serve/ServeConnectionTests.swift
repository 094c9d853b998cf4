import Foundation
import Testing

/// The server over sockets, with clients of good and bad manners.
@Suite("lockstep serve: connections")
struct ServeConnectionTests {
  @Test("says where it is, answers, and ends in order")
  func life() throws {
    for signal in [SIGTERM, SIGINT] {
      let server = try ServedRun.server()
      let health = try server.get("/healthz")
      #expect(health.status == 200)
      #expect(try health.json()["step"] as? Int == 12)
      let idle = try server.connect()
      #expect(server.stop(signal) == 0)
      #expect(server.messages.hasSuffix("lockstep: stopped\n"), "\(server.messages)")
      #expect(idle.isClosed())
    }
  }

  @Test("SIGHUP ends it too, unless it was ignored when it started, as by nohup")
  func hangup() throws {
    #expect(try ServedRun.server().stop(SIGHUP) == 0)
    let server = try ServerProcess(["run"], in: ServedRun.command, preparation: "trap '' HUP")
    kill(server.process.processIdentifier, SIGHUP)
    // It would have ended before it takes another connection.
    for _ in 0..<20 { #expect(try server.get("/healthz").status == 200) }
    #expect(server.stop() == 0)
  }

  @Test("an answer that has no body by its status has no length either")
  func lengths() throws {
    let server = try ServedRun.server()
    let tag = try #require(try server.get("/").fields["etag"])
    let same = try server.send("GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \(tag)\r\n\r\n")
    #expect(same.status == 304 && same.fields["content-length"] == nil)
    let options = try server.send("OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(options.status == 204 && options.fields["content-length"] == nil)
    #expect(server.stop() == 0)
  }

  @Test("what is no request gets an answer that says so, and nobody else suffers")
  func malformed() throws {
    let server = try ServedRun.server()
    let host = "Host: localhost\r\n"
    let requests: [(String, Int, String)] = [
      ("nonsense\r\n\r\n", 400, "bad_request"), ("GET / HTTP/1.1\r\n\r\n", 400, "bad_request"),
      ("GET / HTTP/3.0\r\n\(host)\r\n", 505, "http_version_not_supported"),
      ("GET /nothing HTTP/1.1\r\n\(host)\r\n", 404, "not_found"),
      ("DELETE /v1/model HTTP/1.1\r\n\(host)\r\n", 405, "method_not_allowed"),
      ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, "unknown_host"),
      ("POST /v1/predict HTTP/1.1\r\n\(host)Content-Type: application/json\r\n\r\n", 411, "length_required"),
      ("POST /v1/predict HTTP/1.1\r\n\(host)Content-Length: 2\r\n\r\n{}", 415, "unsupported_media_type"),
      (
        "POST /v1/predict HTTP/1.1\r\n\(host)Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 422,
        "unprocessable_content"
      ),
      (
        "POST /v1/predict HTTP/1.1\r\n\(host)Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{", 400,
        "bad_request"
      ),
      (
        "POST /v1/predict HTTP/1.1\r\n\(host)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        400, "bad_request"
      ),
      ("GET /\(String(repeating: "a", count: 5000)) HTTP/1.1\r\n\(host)\r\n", 414, "uri_too_long"),
      ("GET / HTTP/1.1\r\n\(host)A: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431, "header_fields_too_large"),
      (
        "GET / HTTP/1.1\r\n\(host)" + String(repeating: "A: b\r\n", count: 100) + "\r\n", 431, "header_fields_too_large"
      ),
      (String(repeating: "a", count: 100_000), 431, "header_fields_too_large"),
    ]
    for (request, status, code) in requests {
      let answer = try server.send(request)
      let found = try answer.code()
      #expect(answer.status == status && found == code, "\(request.prefix(60)): \(answer.text)")
      #expect(answer.fields["content-type"] == "application/json")
    }
    #expect(try server.send("DELETE /v1/model HTTP/1.1\r\n\(host)\r\n").fields["allow"] == "GET, HEAD, OPTIONS")
    #expect(try server.get("/healthz").status == 200)
    #expect(server.stop() == 0)
  }

  @Test("bodies are no larger than they may be, whether or not their length is told")
  func hugeBodies() throws {
    let server = try ServedRun.server("--max-body", "10000")
    let head = "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
    let told = try server.send(head + "Content-Length: 1099511627776\r\n\r\n" + String(repeating: "x", count: 100_000))
    #expect(told.status == 413 && told.fields["connection"] == "close")
    let waiting = try server.send(head + "Expect: 100-continue\r\nContent-Length: 20000\r\n\r\n")
    #expect(waiting.status == 413)
    let endless = try server.connect()
    try endless.write(head + "Transfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<20 { try? endless.write("3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n") }
    #expect(endless.answer()?.status == 413)
    #expect(server.stop() == 0)
  }

  @Test("a client that is slow in asking is told so; one that asks nothing is left in peace")
  func slowClients() throws {
    let server = try ServedRun.server("--request-timeout", "0.5")
    let (silent, head, body) = (try server.connect(), try server.connect(), try server.connect())
    try head.write("GET /healthz HTTP/1.1\r\nHost: local")
    try body.write(ServedRun.prediction().dropLast(10).description)
    for connection in [head, body] {
      let answer = try #require(connection.answer())
      let code = try answer.code()
      #expect(answer.status == 408 && code == "request_timeout")
      #expect(connection.isClosed())
    }
    try silent.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(silent.answer()?.status == 200)
    #expect(server.stop() == 0)
  }

  @Test("more connections than allowed are turned away, and find room when others leave")
  func manyConnections() throws {
    let server = try ServedRun.server("--max-connections", "4")
    var held = try (0..<4).map { _ in try server.connect() }
    for connection in held {
      try connection.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(connection.answer()?.status == 200)
    }
    for _ in 0..<50 {
      let answer = try #require(try server.connect().answer())
      let code = try answer.code()
      #expect(answer.status == 503 && answer.fields["retry-after"] == "1" && code == "overloaded")
    }
    held.removeLast()
    try server.wait {
      let connection = try server.connect()
      // Where there is no room yet, the server may have closed already.
      try? connection.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
      return connection.answer()?.status == 200
    }
    #expect(server.stop() == 0)
  }

  @Test("requests may come in one piece, byte by byte, and from a side that is closed already")
  func pieces() throws {
    let server = try ServedRun.server()
    let pipelined = try server.connect()
    try pipelined.write(
      ServedRun.prediction(of: 1) + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n"
        + "HEAD /v1/model HTTP/1.1\r\nHost: localhost\r\n\r\n" + ServedRun.prediction(of: 2, close: true))
    #expect(pipelined.answer()?.text.hasPrefix("{\"predictions\"") == true)
    #expect(pipelined.answer()?.text == "{\"status\":\"ok\",\"step\":12}\n")
    let headers = try #require(pipelined.answer(hasBody: false))
    #expect(headers.status == 200 && Int(headers.fields["content-length"] ?? "") ?? 0 > 100)
    #expect(pipelined.answer()?.status == 200)
    #expect(pipelined.isClosed())

    let slow = try server.connect()
    for byte in Array(ServedRun.prediction(of: 255).utf8) { try slow.write([byte]) }
    #expect(slow.answer()?.status == 200)

    let half = try server.connect()
    try half.write(ServedRun.prediction(of: 3))
    half.shutdownWriting()
    #expect(half.answer()?.status == 200)
    #expect(half.isClosed())

    let polite = try server.connect()
    let request = ServedRun.prediction(of: 4)
    let head = request.replacing("Content-Length", with: "Expect: 100-continue\r\nContent-Length")
    let parts = head.split(separator: "\r\n\r\n", maxSplits: 1)
    try polite.write(parts[0] + "\r\n\r\n")
    #expect(polite.answer()?.status == 100)
    try polite.write(String(parts[1]))
    #expect(polite.answer()?.status == 200)

    let chunked = try server.connect()
    try chunked.write(
      "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n310\r\n" + String(repeating: "\u{7}", count: 784) + "\r\n0\r\n\r\n"
        + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(chunked.answer()?.status == 200)
    #expect(chunked.answer()?.status == 200)
    #expect(server.stop() == 0)
  }

  @Test("clients that leave in the middle leave nothing behind")
  func leavers() throws {
    let server = try ServedRun.server("--max-connections", "16")
    for index in 0..<200 {
      let connection = try server.connect()
      try? connection.write(String(ServedRun.prediction(of: index % 256).prefix(index * 17)))
    }
    try server.wait {
      let connection = try server.connect()
      try? connection.write(ServedRun.prediction())
      return connection.answer()?.status == 200
    }
    #expect(server.stop() == 0)
  }

  @Test("answers are the same whether asked alone or by many at once")
  func concurrency() async throws {
    let server = try ServedRun.server()
    let alone = try (0..<16).map { try server.send(ServedRun.prediction(of: 16 * $0)).text }
    #expect(Set(alone).count > 8)
    let port = server.port
    let together = try await withThrowingTaskGroup(of: [(Int, String)].self) { group in
      for client in 0..<8 {
        group.addTask {
          let connection = try Connection(port: port)
          return try (0..<40).map { turn in
            let image = (client * 7 + turn) % 16
            try connection.write(ServedRun.prediction(of: 16 * image))
            return (image, connection.answer()?.text ?? "")
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(together.count == 320 && together.allSatisfy { alone[$0.0] == $0.1 })
    #expect(try server.get("/metrics").text.contains("lockstep_images_predicted_total 336\n"))
    #expect(server.stop() == 0)
  }
}
