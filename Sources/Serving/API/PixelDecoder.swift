import Settings

/// The images of a JSON request: `{"image": …}` or `{"images": […]}`, each image nested rows or one flat array of whole numbers 0 to 255.
///
/// Pixels go from the text straight to bytes: as a tree of values, a body would take forty times its size in memory, and most of the time
/// of a request. What this reader does not take is given to `JSONParser`, which says whether it is JSON at all: 400 where it is not,
/// 422 where it is, or where the body is long.
package struct PixelDecoder {
  /// Longest body that is read a second time to say what is wrong with it.
  private static let longestExplained = 64 << 10

  private let bytes: [UInt8]
  private let shape: PixelShape
  private let limit: Int
  private var index = 0
  private var pixels: [UInt8] = []
  /// Where this is, for messages.
  private var path: [Step] = []

  private enum Step {
    case key(String)
    case index(Int)
  }

  /// Stops the reading: something that is not as expected here; the message is for what is JSON.
  private struct Unexpected: Error {
    var message: String
  }

  /// - Parameters:
  ///   - limit: most images.
  ///   - decodeText: makes an image of a string (base64); throws the reason where it cannot.
  /// - Returns: the images, one behind the other.
  /// - Throws: 400 or 422, or what `decodeText` throws; it names the place.
  package static func decode(
    _ bytes: [UInt8], shape: PixelShape, limit: Int, decodeText: (String) throws(HTTPError) -> [UInt8]
  ) throws(HTTPError) -> [UInt8] {
    var decoder = PixelDecoder(bytes: bytes, shape: shape, limit: limit)
    do {
      try decoder.document(decodeText)
      return decoder.pixels
    } catch let error as HTTPError {
      throw error
    } catch {
      throw decoder.explain((error as? Unexpected)?.message ?? "\(error)")
    }
  }

  private init(bytes: [UInt8], shape: PixelShape, limit: Int) {
    (self.bytes, self.shape, self.limit) = (bytes, shape, limit)
    pixels.reserveCapacity(min(bytes.count / 2, shape.count))
  }

  private func explain(_ message: String) -> HTTPError {
    let place = pathText
    guard bytes.count <= PixelDecoder.longestExplained else {
      return HTTPError(.unprocessable, "at byte \(index): \(message)", path: place)
    }
    do throws(SettingsError) {
      _ = try JSONParser.parse(bytes, file: "body")
      return HTTPError(.unprocessable, message, path: place)
    } catch {
      return HTTPError(.badRequest, "not JSON: \(error)")
    }
  }

  private var pathText: String? {
    var text = ""
    for step in path {
      switch step {
      case .key(let key): text += text.isEmpty ? key : "." + key
      case .index(let index): text += "[\(index)]"
      }
    }
    return text.isEmpty ? nil : text
  }

  // MARK: Grammar

  private mutating func document(_ decodeText: (String) throws(HTTPError) -> [UInt8]) throws {
    skipSpace()
    try expect("{", "an object with \"image\" or \"images\"")
    skipSpace()
    guard next == UInt8(ascii: "\"") else { throw Unexpected(message: "expected the key \"image\" or \"images\"") }
    let key = try string()
    skipSpace()
    try expect(":", "\":\"")
    skipSpace()
    path = [.key(key)]
    switch key {
    case "image": try image(decodeText)
    case "images": try images(decodeText)
    default:
      path = []
      throw Unexpected(message: "unknown key \(HTTPRequestHead.shown(key)); expected \"image\" or \"images\"")
    }
    path = []
    skipSpace()
    if next == UInt8(ascii: ",") {
      throw Unexpected(message: "one key alone is expected, \"image\" or \"images\", and another follows \"\(key)\"")
    }
    try expect("}", "\"}\"")
    skipSpace()
    guard index == bytes.count else { throw Unexpected(message: "expected nothing more") }
  }

  private mutating func images(_ decodeText: (String) throws(HTTPError) -> [UInt8]) throws {
    try expect("[", "an array of images")
    skipSpace()
    var count = 0
    if next != UInt8(ascii: "]") {
      repeat {
        skipSpace()
        guard count < limit else { throw Unexpected(message: "more than \(limit) images, the most of one request") }
        path.append(.index(count))
        try image(decodeText)
        path.removeLast()
        count += 1
        skipSpace()
      } while take(",")
    }
    try expect("]", "\",\" or \"]\"")
    guard count > 0 else { throw Unexpected(message: "no image; expected 1 to \(limit)") }
  }

  private mutating func image(_ decodeText: (String) throws(HTTPError) -> [UInt8]) throws {
    if next == UInt8(ascii: "\"") {
      let text = try string()
      do throws(HTTPError) {
        pixels += try decodeText(text)
      } catch {
        // Whether the rest is JSON decides between 400 and 422, and nothing else.
        guard error.code == .unprocessable else { throw HTTPError(error.code, error.message, path: pathText) }
        throw Unexpected(message: error.message)
      }
      return
    }
    try expect(
      "[",
      "an image: \(Counted.text(shape.height, "row")), or \(Counted.text(shape.count, "number")), or a base64 string")
    skipSpace()
    guard next == UInt8(ascii: "[") else {
      try numbers(shape.count, of: "an image of \(shape.text)")
      return
    }
    try list(shape.height, of: "row") { (reader) throws in
      try reader.expect("[", "a row")
      reader.skipSpace()
      guard reader.next == UInt8(ascii: "[") else {
        guard reader.shape.channels == 1 else {
          throw Unexpected(message: "expected pixels of \(reader.shape.channels) channels: [[r, g, b], …]")
        }
        try reader.numbers(reader.shape.width, of: "a row")
        return
      }
      try reader.list(reader.shape.width, of: "pixel") { (reader) throws in
        try reader.expect("[", "a pixel")
        try reader.numbers(reader.shape.channels, of: "a pixel")
      }
    }
  }

  /// So many elements and the closing bracket; the opening one is behind.
  private mutating func list(
    _ count: Int, of what: String, _ element: (inout PixelDecoder) throws -> Void
  ) throws {
    for position in 0..<count {
      skipSpace()
      if position > 0, !take(",") {
        throw Unexpected(message: "\(Counted.text(position, what)); expected \(count)")
      }
      skipSpace()
      path.append(.index(position))
      try element(&self)
      path.removeLast()
    }
    skipSpace()
    guard take("]") else { throw Unexpected(message: "more than \(Counted.text(count, what))") }
  }

  /// So many pixels and the closing bracket; the opening one is behind.
  private mutating func numbers(_ count: Int, of what: String) throws {
    for position in 0..<count {
      skipSpace()
      if position > 0 {
        guard take(",") else {
          throw Unexpected(message: "\(Counted.text(position, "number")) for \(what); expected \(count)")
        }
        skipSpace()
      }
      if let value = plainPixel() {
        pixels.append(value)
      } else {
        path.append(.index(position))
        pixels.append(try unusualPixel())
        path.removeLast()
      }
    }
    skipSpace()
    guard take("]") else { throw Unexpected(message: "more than \(Counted.text(count, "number")) for \(what)") }
  }

  /// A pixel as almost all are written; nil, and nothing read, for any other.
  private mutating func plainPixel() -> UInt8? {
    var end = index
    var value = 0
    while end < bytes.count, 0x30...0x39 ~= bytes[end], end - index < 3 {
      value = value * 10 + Int(bytes[end] - 0x30)
      end += 1
    }
    guard end > index, value <= 255, bytes[index] != 0x30 || end == index + 1,
      end == bytes.count || !isNumberByte(bytes[end])
    else { return nil }
    index = end
    return UInt8(value)
  }

  /// Numbers that are written another way, `255.0` or `1e2`; JSON's own grammar is checked by `JSONParser`, if anything is wrong.
  private mutating func unusualPixel() throws -> UInt8 {
    var end = index
    while end < bytes.count, isNumberByte(bytes[end]) { end += 1 }
    guard end > index, end - index <= 64,
      let node = try? JSONParser.parse(Array(bytes[index..<end]), file: "body")
    else { throw Unexpected(message: "expected a whole number 0 to 255") }
    let value: Double
    switch node.content {
    case .integer(let integer): value = Double(integer)
    case .number(let number): value = number
    default: throw Unexpected(message: "expected a whole number 0 to 255")
    }
    let text = String(decoding: bytes[index..<end], as: UTF8.self)
    guard (0...255).contains(value) else { throw Unexpected(message: "\(text) is no pixel; expected 0 to 255") }
    guard value == value.rounded() else {
      throw Unexpected(
        message: "\(text) is no whole number; pixels are 0 to 255: multiply by 255 where yours are 0 to 1")
    }
    index = end
    return UInt8(value)
  }

  /// A string; its escapes are read by `JSONParser`.
  private mutating func string() throws -> String {
    let start = index
    index += 1
    var isPlain = true
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      if bytes[index] == UInt8(ascii: "\\") {
        isPlain = false
        index += 1
      }
      if index < bytes.count, !(0x20...0x7E ~= bytes[index]) { isPlain = false }
      index += 1
    }
    guard index < bytes.count else {
      index = start
      throw Unexpected(message: "a string that does not end")
    }
    index += 1
    if isPlain { return String(decoding: bytes[start + 1..<index - 1], as: UTF8.self) }
    guard case .string(let text)? = (try? JSONParser.parse(Array(bytes[start..<index]), file: "body"))?.content else {
      throw Unexpected(message: "a string with a wrong escape or byte")
    }
    return text
  }

  // MARK: Bytes

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ what: String) throws {
    guard take(character) else { throw Unexpected(message: "expected \(what)") }
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
