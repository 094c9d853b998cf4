/// A request's line and header fields (RFC 9112), read strictly: what two readers could understand differently is refused.
package struct HTTPRequestHead: Equatable {
  /// How the body's end is told.
  package enum Framing: Equatable {
    case none
    case length(Int)
    case chunked
  }

  /// For example `GET`; as it was written.
  package var method: String
  /// The path, percent-decoded; begins with `/`, or is `*`.
  package var path: String
  /// What stood behind `?`, as it was written.
  package var query: String?
  /// Header fields; names in lower case.
  package var fields: [(name: String, value: String)]
  package var framing: Framing
  package var keepsAlive: Bool
  /// The client waits for `100 Continue` before it sends the body.
  package var expectsContinue: Bool

  /// The value of a field that stands at most once; the first where there are several.
  func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  package static func == (left: HTTPRequestHead, right: HTTPRequestHead) -> Bool {
    left.method == right.method && left.path == right.path && left.query == right.query
      && left.framing == right.framing && left.keepsAlive == right.keepsAlive
      && left.expectsContinue == right.expectsContinue && left.fields.elementsEqual(right.fields) { $0 == $1 }
  }

  // MARK: Reading

  private static let longestTarget = 4096
  private static let longestMethod = 16

  /// - Parameter bytes: the request up to its empty line, without that; lines end with CR LF.
  package init(_ bytes: ArraySlice<UInt8>, limits: HTTPLimits) throws(HTTPError) {
    var lines = HeadLines(bytes)
    guard let first = try lines.next() else { throw HTTPError(.badRequest, "the request has no request line") }
    let version: String
    let target: ArraySlice<UInt8>
    (method, target, version) = try HTTPRequestHead.requestLine(first)
    (path, query) = try HTTPRequestHead.split(target)
    fields = []
    while let line = try lines.next() {
      guard fields.count < limits.fields else {
        throw HTTPError(.headTooLarge, "more than \(limits.fields) header fields")
      }
      fields.append(try HTTPRequestHead.field(line))
    }
    let is11 = version == "HTTP/1.1"
    framing = try HTTPRequestHead.framing(fields, is11: is11)
    let connection = fields.filter { $0.name == "connection" }.map { $0.value.lowercased() }.joined(separator: ",")
    keepsAlive = is11 && !connection.contains("close")
    expectsContinue = false
    if let expectation = field("expect"), is11 {
      guard expectation.lowercased() == "100-continue" else {
        throw HTTPError(.expectationFailed, "Expect is \(Self.shown(expectation)); only 100-continue is known")
      }
      expectsContinue = framing != .none
    }
    let hosts = fields.filter { $0.name == "host" }
    guard hosts.count == 1 || !is11 && hosts.isEmpty else {
      throw HTTPError(.badRequest, "HTTP/1.1 wants one Host field; there are \(hosts.count)")
    }
  }

  private static func requestLine(
    _ line: ArraySlice<UInt8>
  ) throws(HTTPError) -> (method: String, target: ArraySlice<UInt8>, version: String) {
    let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw HTTPError(.badRequest, "the request line is not METHOD TARGET HTTP/1.1 with single spaces")
    }
    guard parts[0].allSatisfy(isToken), parts[0].count <= longestMethod else {
      throw HTTPError(.badRequest, "the request line does not begin with a method")
    }
    let version = String(decoding: parts[2], as: UTF8.self)
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
      guard version.hasPrefix("HTTP/") else {
        throw HTTPError(.badRequest, "the request line does not end in HTTP/1.1")
      }
      throw HTTPError(.versionNotSupported, "only HTTP/1.1 and HTTP/1.0 are spoken here")
    }
    guard parts[1].count <= longestTarget else {
      throw HTTPError(.uriTooLong, "the request's target has \(parts[1].count) bytes, more than \(longestTarget)")
    }
    guard parts[1].allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw HTTPError(.badRequest, "the request's target holds bytes that have to be percent-encoded")
    }
    return (String(decoding: parts[0], as: UTF8.self), parts[1], version)
  }

  private static func split(_ target: ArraySlice<UInt8>) throws(HTTPError) -> (path: String, query: String?) {
    var rest = target
    for scheme in ["http://", "https://"] where rest.starts(with: scheme.utf8) {
      // The absolute form, which proxies get; the authority is told by Host.
      rest = rest.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
      if rest.first != UInt8(ascii: "/") { rest = [UInt8(ascii: "/")] + rest }
    }
    guard rest.first == UInt8(ascii: "/") || rest.elementsEqual("*".utf8) else {
      throw HTTPError(.badRequest, "the request's target does not begin with /")
    }
    let parts = rest.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = percentDecoded(parts[0]) else {
      throw HTTPError(.badRequest, "the request's path is not percent-encoded UTF-8")
    }
    return (path, parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil)
  }

  /// Nil where an escape is not one, or the result is not UTF-8 or has control characters.
  static func percentDecoded(_ bytes: some Sequence<UInt8>) -> String? {
    var decoded: [UInt8] = []
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      guard let high = iterator.next().flatMap(hexadecimal), let low = iterator.next().flatMap(hexadecimal) else {
        return nil
      }
      decoded.append(high << 4 | low)
    }
    guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
    return String(validating: decoded, as: UTF8.self)
  }

  private static func field(_ line: ArraySlice<UInt8>) throws(HTTPError) -> (name: String, value: String) {
    if let first = line.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
      throw HTTPError(.badRequest, "a header field goes on in a second line, which HTTP/1.1 has given up")
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(isToken)
    else { throw HTTPError(.badRequest, "a header field is not NAME: VALUE") }
    var value = line[(colon + 1)...]
    while let first = value.first, isSpace(first) { value.removeFirst() }
    while let last = value.last, isSpace(last) { value.removeLast() }
    guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
      throw HTTPError(.badRequest, "a header field's value holds control characters")
    }
    return (String(decoding: line[..<colon], as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
  }

  /// RFC 9112, 6.3. A request whose length can be told in two ways is how one is smuggled behind another.
  private static func framing(
    _ fields: [(name: String, value: String)], is11: Bool
  ) throws(HTTPError) -> Framing {
    let lengths = fields.filter { $0.name == "content-length" }
    let encodings = fields.filter { $0.name == "transfer-encoding" }
    if !encodings.isEmpty {
      guard lengths.isEmpty else {
        throw HTTPError(.badRequest, "Content-Length and Transfer-Encoding in one request")
      }
      guard is11 else { throw HTTPError(.badRequest, "Transfer-Encoding in a request of HTTP/1.0") }
      guard encodings.count == 1, encodings[0].value.lowercased() == "chunked" else {
        throw HTTPError(.notImplemented, "the only Transfer-Encoding known here is chunked")
      }
      return .chunked
    }
    guard let first = lengths.first else { return .none }
    let digits = first.value.utf8
    guard lengths.count == 1, (1...18).contains(digits.count), digits.allSatisfy({ 0x30...0x39 ~= $0 }),
      let length = Int(first.value)
    else { throw HTTPError(.badRequest, "Content-Length is not one whole number") }
    return length == 0 ? .none : .length(length)
  }

  // MARK: Bytes

  private static let tokens: [Bool] = (0...255).map { byte in
    let scalar = Unicode.Scalar(UInt8(byte))
    return byte < 0x80 && (scalar.properties.isAlphabetic || 0x30...0x39 ~= byte)
      || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar)
  }

  private static func isToken(_ byte: UInt8) -> Bool { tokens[Int(byte)] }
  private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// A client's text for a message: quoted, and not too long.
  static func shown(_ text: String) -> String {
    let head = text.unicodeScalars.prefix(60).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : String($0) }.joined()
    return "\"\(head)\(text.unicodeScalars.count > 60 ? "…" : "")\""
  }
}

/// The lines of a request's head, each ended by CR LF and by nothing else.
private struct HeadLines {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func next() throws(HTTPError) -> ArraySlice<UInt8>? {
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
    var line = rest[..<end]
    if end < rest.endIndex {
      guard line.last == UInt8(ascii: "\r") else {
        throw HTTPError(.badRequest, "a line of the request ends without CR")
      }
      line.removeLast()
    }
    guard !line.contains(UInt8(ascii: "\r")) else { throw HTTPError(.badRequest, "a CR without LF in the request") }
    rest = rest[min(end + 1, rest.endIndex)...]
    return line
  }
}

/// A whole request.
struct HTTPRequest: Equatable {
  var head: HTTPRequestHead
  var body: [UInt8]

  /// Values of a query's key, percent-decoded; `+` is a space.
  ///
  /// - Throws: 400 where the query is not percent-encoded UTF-8.
  func query() throws(HTTPError) -> [(name: String, value: String)] {
    guard let query = head.query, !query.isEmpty else { return [] }
    var items: [(name: String, value: String)] = []
    for part in query.utf8.split(separator: UInt8(ascii: "&")) {
      let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let texts = sides.map { side in
        HTTPRequestHead.percentDecoded(side.lazy.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
      }
      guard let name = texts[0], let value = texts.count > 1 ? texts[1] : "" else {
        throw HTTPError(.badRequest, "the query is not percent-encoded UTF-8")
      }
      items.append((name, value))
    }
    return items
  }
}
