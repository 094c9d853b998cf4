import Serving
import Testing

/// What is a request, and what is refused before anything is done.
@Suite("A request's head")
struct RequestHeadTests {
  private func head(_ text: String, limits: HTTPLimits = HTTPLimits()) throws(HTTPError) -> HTTPRequestHead {
    try HTTPRequestHead(Array(text.utf8)[...], limits: limits)
  }

  @Test("is taken apart")
  func parts() throws {
    let head = try head("POST /a%20b/c?x=1&y=%2B HTTP/1.1\r\nHost: h:8080\r\nX-Y:  two words \t\r\nContent-Length: 12")
    #expect(head.method == "POST" && head.path == "/a b/c" && head.query == "x=1&y=%2B")
    #expect(head.fields.map(\.name) == ["host", "x-y", "content-length"])
    #expect(head.fields[1].value == "two words")
    #expect(head.framing == .length(12) && head.keepsAlive && !head.expectsContinue)
  }

  @Test("in the form that proxies send")
  func absolute() throws {
    #expect(try head("GET http://example.org/healthz?a HTTP/1.1\r\nHost: x").path == "/healthz")
    #expect(try head("GET http://example.org HTTP/1.1\r\nHost: x").path == "/")
  }

  @Test("says whether the connection stays")
  func connection() throws {
    #expect(try head("GET / HTTP/1.1\r\nHost: x").keepsAlive)
    #expect(try !head("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close").keepsAlive)
    #expect(try !head("GET / HTTP/1.0").keepsAlive)
    // Which HTTP/1.0 would have to be told.
    #expect(try !head("GET / HTTP/1.0\r\nConnection: keep-alive").keepsAlive)
  }

  @Test("says how the body ends")
  func framing() throws {
    #expect(try head("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked").framing == .chunked)
    #expect(try head("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0").framing == .none)
    #expect(
      try head("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue").expectsContinue)
  }

  @Test(
    "is refused",
    arguments: [
      ("", 400), ("GET", 400), ("GET /", 400), ("GET  / HTTP/1.1\r\nHost: x", 400),
      ("GET / HTTP/1.1 \r\nHost: x", 400), ("GET / HTTP/2.0\r\nHost: x", 505), ("GET / FTP/1.1\r\nHost: x", 400),
      ("G\u{1}T / HTTP/1.1\r\nHost: x", 400), ("GETGETGETGETGETGET / HTTP/1.1\r\nHost: x", 400),
      ("GET x HTTP/1.1\r\nHost: x", 400), ("GET /é HTTP/1.1\r\nHost: x", 400), ("GET /%zz HTTP/1.1\r\nHost: x", 400),
      ("GET /%00 HTTP/1.1\r\nHost: x", 400), ("GET /%ff HTTP/1.1\r\nHost: x", 400),
      ("GET / HTTP/1.1", 400), ("GET / HTTP/1.1\r\nHost: x\r\nHost: y", 400),
      ("GET / HTTP/1.1\r\nHost : x", 400), ("GET / HTTP/1.1\r\nHost: x\r\n folded", 400),
      ("GET / HTTP/1.1\r\nHost: x\r\nno colon", 400), ("GET / HTTP/1.1\r\nHost: x\r\n: y", 400),
      ("GET / HTTP/1.1\r\nHost: x\r\nA: \u{7}", 400), ("GET / HTTP/1.1\nHost: x", 400),
      ("GET / HTTP/1.1\r\nHost: x\ry", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length:", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked", 501),
      ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked", 400),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: tea", 417),
    ])
  func refused(text: String, status: Int) {
    do {
      _ = try head(text)
      Issue.record("taken: \(text)")
    } catch {
      #expect(error.code.status == status, "\(error.message)")
      #expect(!error.message.isEmpty)
    }
  }

  @Test("is no longer and has no more fields than it may")
  func limits() {
    var limits = HTTPLimits()
    limits.fields = 2
    #expect(throws: HTTPError.self) { try head("GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nB: 2", limits: limits) }
    let long = String(repeating: "a", count: 5000)
    do {
      _ = try head("GET /\(long) HTTP/1.1\r\nHost: x")
      Issue.record("taken")
    } catch {
      #expect(error.code == .uriTooLong)
    }
  }
}
