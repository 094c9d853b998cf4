import Serving
import Testing

/// Bodies whose length nobody knows beforehand.
@Suite("A chunked body")
struct ChunkedBodyTests {
  private func decode(_ text: String, piece: Int, limit: Int = 100) throws(HTTPError) -> (
    body: String, left: Int, isDone: Bool
  ) {
    var body = ChunkedBody(limit: limit)
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count, !body.isDone {
      let end = min(index + piece, bytes.count)
      let used = try body.append(bytes[index..<end])
      index += used
    }
    return (String(decoding: body.body, as: UTF8.self), bytes.count - index, body.isDone)
  }

  @Test("is put together, whatever pieces it comes in", arguments: [1, 2, 3, 7, 100])
  func pieces(piece: Int) throws {
    let text = "4\r\nWiki\r\n5;name=\"v\"\r\npedia\r\nB\r\n in chunks.\r\n0\r\nTrailer: x\r\n\r\nGET"
    let result = try decode(text, piece: piece)
    #expect(result.body == "Wikipedia in chunks." && result.isDone && result.left == 3)
  }

  @Test(
    "is refused where it is not one",
    arguments: [
      "x\r\n", "\r\n", "+4\r\nWiki\r\n", "-1\r\n", "4\r\nWikipedia\r\n", "4\nWiki\r\n", "FFFFFFFFFFFFFFFF\r\n",
      "65\r\n",
      "40\r\n" + String(repeating: "a", count: 64) + "\r\n40\r\n", String(repeating: "0", count: 300),
      "0\r\n" + String(repeating: "A: " + String(repeating: "b", count: 200) + "\r\n", count: 30),
    ])
  func refused(text: String) {
    #expect(throws: HTTPError.self) { try decode(text, piece: 5) }
  }

  @Test("does not end before its end")
  func unfinished() throws {
    for text in ["4\r\nWiki", "4\r\nWiki\r\n0\r\n", ""] { #expect(try !decode(text, piece: 3).isDone) }
  }
}
