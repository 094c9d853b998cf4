/// Takes the chunked coding (RFC 9112, 7.1) off a body that arrives in pieces.
package struct ChunkedBody {
  private enum State {
    case size
    case data(left: Int)
    case dataEnd
    case trailer
    case done
  }

  /// Longest line of a chunk's size or of the trailer, and bytes of all trailer lines.
  private static let longestLine = 256
  private static let longestTrailer = 4096

  private var state = State.size
  private var line: [UInt8] = []
  private var trailer = 0
  private let limit: Int
  /// What is decoded.
  package private(set) var body: [UInt8] = []

  /// - Parameter limit: most bytes of the body.
  package init(limit: Int) { self.limit = limit }

  package var isDone: Bool { if case .done = state { true } else { false } }

  /// Decodes from the front.
  ///
  /// - Returns: how many bytes were used; fewer than there are only at the body's end.
  package mutating func append(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> Int {
    var index = bytes.startIndex
    while index < bytes.endIndex, !isDone {
      if case .data(let left) = state {
        let count = min(left, bytes.endIndex - index)
        body += bytes[index..<index + count]
        index += count
        state = left == count ? .dataEnd : .data(left: left - count)
        continue
      }
      line.append(bytes[index])
      index += 1
      guard line.last == UInt8(ascii: "\n") else {
        if line.count > ChunkedBody.longestLine {
          throw HTTPError(.badRequest, "a line of the chunked body is too long")
        }
        continue
      }
      guard line.dropLast().last == UInt8(ascii: "\r") else {
        throw HTTPError(.badRequest, "a line of the chunked body ends without CR")
      }
      try end(of: line.dropLast(2))
      line.removeAll(keepingCapacity: true)
    }
    return index - bytes.startIndex
  }

  private mutating func end(of line: ArraySlice<UInt8>) throws(HTTPError) {
    switch state {
    case .size:
      let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
      guard (1...15).contains(digits.count), digits.allSatisfy({ HTTPRequestHead.hexadecimal($0) != nil }),
        let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw HTTPError(.badRequest, "the size of a chunk is not a hexadecimal number") }
      guard size <= limit - body.count else { throw HTTPError.bodyTooLarge(limit: limit) }
      state = size == 0 ? .trailer : .data(left: size)
    case .dataEnd:
      guard line.isEmpty else { throw HTTPError(.badRequest, "a chunk is longer than its size") }
      state = .size
    case .trailer:
      trailer += line.count + 2
      guard trailer <= ChunkedBody.longestTrailer else {
        throw HTTPError(.headTooLarge, "the trailer of the chunked body is too long")
      }
      if line.isEmpty { state = .done }
    case .data, .done:
      break
    }
  }
}

extension HTTPError {
  static func bodyTooLarge(limit: Int) -> HTTPError {
    HTTPError(.tooLarge, "the body has more than \(limit) bytes, the most that are read (--max-body)")
  }
}
