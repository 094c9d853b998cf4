import Settings

/// An answer.
struct HTTPResponse: Sendable {
  /// What is sent behind the header fields.
  enum Body: Sendable {
    case bytes([UInt8])
    /// Pieces, until the client leaves or the source ends: a stream of events. The connection ends with it.
    case stream(@Sendable (_ write: @Sendable ([UInt8]) async throws -> Void) async throws -> Void)
  }

  var status: Int
  /// Beside those that every answer has.
  var fields: [(name: String, value: String)]
  var body: Body

  init(status: Int, type: String?, body: Body, fields: [(name: String, value: String)] = []) {
    self.status = status
    self.fields = (type.map { [("Content-Type", $0)] } ?? []) + fields
    self.body = body
  }

  init(json: JSONValue, status: Int = 200) {
    self.init(status: status, type: "application/json", body: .bytes(Array((json.description + "\n").utf8)))
    fields.append(("Cache-Control", "no-store"))
  }

  /// Fields that every answer has. No script but the page's own runs in the page, nothing is loaded from elsewhere, nobody frames it.
  static let security: [(name: String, value: String)] = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
  ]

  private static let securityText = security.map { "\($0.name): \($0.value)\r\n" }.joined()

  /// Status line and header fields, to their end.
  func head(keepsAlive: Bool) -> [UInt8] {
    var text =
      "HTTP/1.1 \(status) \(HTTPResponse.reason(status))\r\nDate: \(HTTPDate.now)\r\n" + HTTPResponse.securityText
    for field in fields { text += "\(field.name): \(field.value)\r\n" }
    // RFC 9110, 8.6: none with 204, and with 304 the length that the answer 200 would have, or none.
    if case .bytes(let bytes) = body, status != 204, status != 304 { text += "Content-Length: \(bytes.count)\r\n" }
    text += keepsAlive ? "\r\n" : "Connection: close\r\n\r\n"
    return Array(text.utf8)
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 204: "No Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 411: "Length Required"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "Unknown"
    }
  }
}
