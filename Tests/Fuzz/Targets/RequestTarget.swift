import Serving
import Settings

/// A request as `lockstep serve` gets it: a byte that says in what pieces a chunked body comes, the head, and behind its empty line the
/// body. The body is read as images of 2 × 2 × 1, however the head says it is.
enum RequestTarget {
  static func run(_ bytes: [UInt8]) throws(FuzzFailure) {
    var input = FuzzInput(bytes)
    let piece = Int(input.byte()) + 1
    let rest = input.rest()
    let end = rest.firstRange(of: [13, 10, 13, 10])
    let head = rest[..<(end?.lowerBound ?? rest.endIndex)]
    let body = Array(rest[(end?.upperBound ?? rest.endIndex)...])
    switch Result(catching: { () throws(HTTPError) in try HTTPRequestHead(head, limits: HTTPLimits()) }) {
    case .success(let head):
      guard head.path.hasPrefix("/") || head.path == "*", head.fields.count <= HTTPLimits().fields else {
        throw FuzzFailure("a head that is none was taken")
      }
    case .failure(let error): try check(error)
    }
    try chunked(body, piece: piece)
    try images(body)
  }

  private static func check(_ error: HTTPError) throws(FuzzFailure) {
    guard (400..<600).contains(error.code.status), error.code != .internalError, !error.message.isEmpty else {
      throw FuzzFailure("an error that says nothing: \(error)")
    }
  }

  /// What comes in pieces is what comes at once.
  private static func chunked(_ bytes: [UInt8], piece: Int) throws(FuzzFailure) {
    let (whole, parts) = (decoded(bytes, piece: max(1, bytes.count)), decoded(bytes, piece: piece))
    guard whole.body == parts.body, whole.used == parts.used, whole.isDone == parts.isDone, whole.error == parts.error
    else {
      throw FuzzFailure("the body depends on the pieces it comes in: \(whole) and \(parts)")
    }
    if let error = whole.error { try check(error) }
  }

  private static func decoded(_ bytes: [UInt8], piece: Int) -> (
    body: [UInt8], used: Int, isDone: Bool, error: HTTPError?
  ) {
    var body = ChunkedBody(limit: 1000)
    var index = 0
    while index < bytes.count, !body.isDone {
      do throws(HTTPError) {
        index += try body.append(bytes[index..<min(index + piece, bytes.count)])
      } catch {
        return ([], 0, false, error)
      }
    }
    return (body.body, index, body.isDone, nil)
  }

  /// What is read is what the strict parser reads, and what is refused is refused with the right reason.
  private static func images(_ bytes: [UInt8]) throws(FuzzFailure) {
    let strict = try? JSONParser.parse(bytes, file: "f").value
    switch Result(catching: { () throws(HTTPError) in try pixels(bytes) }) {
    case .success(let pixels):
      guard let strict, let images = strict["images"] ?? strict["image"] else {
        throw FuzzFailure("images were read of what is no JSON")
      }
      guard numbers(images) == pixels.map(Double.init) else {
        throw FuzzFailure("\(pixels) were read of \(images)")
      }
    case .failure(let error):
      try check(error)
      guard error.code == (strict == nil ? .badRequest : .unprocessable) else {
        throw FuzzFailure("\(error.code) for what is \(strict == nil ? "no " : "")JSON")
      }
    }
  }

  private static func pixels(_ bytes: [UInt8]) throws(HTTPError) -> [UInt8] {
    try PixelDecoder.decode(bytes, shape: PixelShape(height: 2, width: 2, channels: 1), limit: 5) {
      (text) throws(HTTPError) in
      guard let pixels = Base64.decode(text), pixels.count == 4 else { throw HTTPError(.unprocessable, "no image") }
      return pixels
    }
  }

  private static func numbers(_ value: JSONValue) -> [Double] {
    switch value {
    case .integer(let integer): [Double(integer)]
    case .number(let number): [number]
    case .string(let text): (Base64.decode(text) ?? []).map(Double.init)
    case .array(let elements): elements.flatMap(numbers)
    default: []
    }
  }
}
