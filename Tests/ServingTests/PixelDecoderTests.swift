import Serving
import Settings
import Testing

/// Images as JSON.
@Suite("Images as JSON")
struct PixelDecoderTests {
  private static let small = PixelShape(height: 2, width: 3, channels: 1)
  private static let colour = PixelShape(height: 1, width: 2, channels: 3)

  private static func decode(_ text: String, _ shape: PixelShape = small, limit: Int = 3) throws(HTTPError) -> [UInt8] {
    try decode(Array(text.utf8), shape, limit: limit)
  }

  private static func decode(_ bytes: [UInt8], _ shape: PixelShape = small, limit: Int = 3) throws(HTTPError) -> [UInt8]
  {
    try PixelDecoder.decode(bytes, shape: shape, limit: limit) { (text) throws(HTTPError) in
      guard text == "zeros" else { throw HTTPError(.unprocessable, "not zeros") }
      return Array(repeating: 0, count: shape.count)
    }
  }

  @Test(
    "are read",
    arguments: [
      #"{"image": [[1,2,3],[4,5,6]]}"#, #"{"image":[1,2,3,4,5,6]}"#, "\n{ \"image\" :\t[ [1 , 2,3 ],\r\n[4,5,6] ] }\n ",
      #"{"image": [[[1],[2],[3]],[[4],[5],[6]]]}"#, #"{"image": [1.0,2e0,3,0.4e1,500E-2,6]}"#,
      #"{"\u0069mage": [1,2,3,4,5,6]}"#, #"{"images": [[1,2,3,4,5,6]]}"#,
    ])
  func read(text: String) throws { #expect(try Self.decode(text) == [1, 2, 3, 4, 5, 6]) }

  @Test("several, each in its own way")
  func several() throws {
    #expect(
      try Self.decode(#"{"images": [[[1,2,3],[4,5,6]], "zeros", [0,0,0,0,0,255]]}"#)
        == [1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255])
    #expect(try Self.decode(#"{"image": [[[1,2,3],[4,5,6]]]}"#, Self.colour) == [1, 2, 3, 4, 5, 6])
  }

  @Test(
    "are refused where they are JSON, with the place",
    arguments: [
      (#"{"image": [[1,2,3],[4,5,256]]}"#, "image[1][2]", "256 is no pixel; expected 0 to 255"),
      (#"{"image": [[1,2,3],[4,5,-1]]}"#, "image[1][2]", "-1 is no pixel; expected 0 to 255"),
      (
        #"{"image": [0.5,0,0,0,0,0]}"#, "image[0]",
        "0.5 is no whole number; pixels are 0 to 255: multiply by 255 where yours are 0 to 1"
      ),
      (#"{"image": [1e300,0,0,0,0,0]}"#, "image[0]", "1e300 is no pixel; expected 0 to 255"),
      (#"{"image": [1,2,3,4,5]}"#, "image", "5 numbers for an image of 2 × 3 × 1; expected 6"),
      (#"{"image": [1,2,3,4,5,6,7]}"#, "image", "more than 6 numbers for an image of 2 × 3 × 1"),
      (#"{"image": [[1,2,3]]}"#, "image", "1 row; expected 2"),
      (#"{"image": [[1,2],[3,4]]}"#, "image[0]", "2 numbers for a row; expected 3"),
      (#"{"image": [[1,2,3],[4,5,6],[7,8,9]]}"#, "image", "more than 2 rows"),
      (#"{"image": []}"#, "image[0]", "expected a whole number 0 to 255"),
      (#"{"image": null}"#, "image", "expected an image: 2 rows, or 6 numbers, or a base64 string"),
      (#"{"image": {"a": 1}}"#, "image", "expected an image: 2 rows, or 6 numbers, or a base64 string"),
      (#"{"image": [true,0,0,0,0,0]}"#, "image[0]", "expected a whole number 0 to 255"),
      (#"{"image": "ones"}"#, "image", "not zeros"),
      (#"{"images": []}"#, "images", "no image; expected 1 to 3"),
      (#"{"images": ["zeros","zeros","zeros","zeros"]}"#, "images", "more than 3 images, the most of one request"),
      (#"{"images": ["zeros",[1]]}"#, "images[1]", "1 number for an image of 2 × 3 × 1; expected 6"),
      (#"{"imag": 3}"#, nil, #"unknown key "imag"; expected "image" or "images""#),
      (#"{}"#, nil, #"expected the key "image" or "images""#),
      (#"[1]"#, nil, #"expected an object with "image" or "images""#),
      (
        #"{"image": "zeros", "x": 1}"#, nil,
        #"one key alone is expected, "image" or "images", and another follows "image""#
      ),
    ] as [(String, String?, String)])
  func refused(text: String, path: String?, message: String) {
    do {
      _ = try Self.decode(text)
      Issue.record("taken: \(text)")
    } catch {
      #expect(error.code == .unprocessable && error.path == path && error.message == message, "\(error)")
    }
  }

  @Test(
    "are no JSON",
    arguments: [
      "", " ", "{", #"{"image"}"#, #"{"image": [1,2,3,4,5,6}"#, #"{"image": [1,2,3,4,5,6]"#,
      #"{"image": [1,2,3,4,5,06]}"#,
      #"{"image": [1,2,3,4,5,+6]}"#, #"{"image": [1,2,3,4,5,6,]}"#, #"{"image": [1,2,3,4,5,.6]}"#,
      #"{"image": [1 2,3,4,5,6]}"#,
      #"{"image": [1,2,3,4,5,6]} x"#, #"{"image": [1,2,3,4,5,NaN]}"#, "{'image': 1}", #"{"image": "\q"}"#,
      #"{"image": "x"#,
      #"{"image": "zeros", "image": "zeros"}"#, "\u{FEFF}{}", "null x",
    ])
  func noJSON(text: String) {
    do {
      _ = try Self.decode(text)
      Issue.record("taken: \(text)")
    } catch {
      #expect(error.code == .badRequest && error.message.hasPrefix("not JSON: body:"), "\(error)")
    }
  }

  /// Every text that differs from a good one in a byte or ends early: what is read is what the strict parser reads.
  @Test("are what the strict parser makes of them, byte by byte changed")
  func mutations() {
    let good = Array(#"{"images": [[[1,2,30],[4.0,5,255]], [0,0,0, 1e1,0,7]]}"#.utf8)
    let spice = Array("0129-+.eE[]{},:\"\\ \n\u{0}aim\u{7F}".utf8) + [0x80, 0xFF]
    for index in good.indices {
      for byte in spice {
        var changed = good
        changed[index] = byte
        check(changed)
        changed = good
        changed.insert(byte, at: index)
        check(changed)
      }
      check(Array(good[..<index]))
      var shorter = good
      shorter.remove(at: index)
      check(shorter)
    }
  }

  private func check(_ bytes: [UInt8]) {
    let strict = try? JSONParser.parse(bytes, file: "f").value
    do {
      let pixels = try Self.decode(bytes)
      guard let strict, case .array(let images)? = strict["images"] else {
        Issue.record("read, and no JSON: \(String(decoding: bytes, as: UTF8.self))")
        return
      }
      #expect(images.flatMap(Self.numbers) == pixels.map(Double.init), "\(String(decoding: bytes, as: UTF8.self))")
    } catch {
      #expect(
        error.code == (strict == nil ? .badRequest : .unprocessable),
        "\(String(decoding: bytes, as: UTF8.self)): \(error)")
    }
  }

  private static func numbers(_ value: JSONValue) -> [Double] {
    switch value {
    case .integer(let integer): [Double(integer)]
    case .number(let number): [number]
    case .array(let elements): elements.flatMap(numbers)
    default: []
    }
  }

  @Test("are not followed into any depth")
  func nesting() {
    for depth in [3, 5, 63, 64, 65, 10_000] {
      let text = #"{"image": "# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
      #expect(throws: HTTPError.self) { try Self.decode(text) }
    }
  }

  @Test("that are long are refused where the fault is, without a second reading")
  func long() {
    let images = Array(repeating: "[0,0,0,0,0,0]", count: 20_000).joined(separator: ",")
    do {
      _ = try Self.decode("{\"images\": [\(images),[0,0,0,0,0,999]]}", limit: 100_000)
      Issue.record("taken")
    } catch {
      #expect(error.code == .unprocessable && error.path == "images[20000][5]", "\(error)")
    }
  }
}
