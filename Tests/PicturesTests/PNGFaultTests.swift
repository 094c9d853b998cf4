import Foundation
import Pictures
import Testing

/// Files that are no good PNG, and what is said about them.
@Suite("A bad PNG is refused in words")
struct PNGFaultTests {
  private static let good = PNG.encode(Picture(any: 7, 5, .color))
  private static let header = PNGBytes.signature + PNGBytes.header(1, 1)

  private static let cases: [(name: String, bytes: [UInt8], message: String)] = [
    ("no bytes", [], "is empty"),
    (
      "half a signature", [0x89, 0x50, 0x4E],
      "ends after 3 bytes, inside the PNG signature; it was not copied or downloaded whole"
    ),
    (
      "line feeds that became carriage returns and line feeds", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0D, 0x0A, 0x1A],
      "is a PNG whose line ends were changed on the way; transfer it again, as binary"
    ),
    (
      "only a signature", PNGBytes.signature,
      "ends after 8 bytes, before its IEND chunk; it was not copied or downloaded whole"
    ),
    ("no IHDR", PNGBytes.signature + PNGBytes.end, "is damaged: it does not begin with an IHDR chunk"),
    (
      "a short IHDR", PNGBytes.signature + PNGBytes.chunk("IHDR", [0, 0, 0, 1]),
      "is damaged: it does not begin with an IHDR chunk"
    ),
    ("no pixels", PNGBytes.signature + PNGBytes.header(0, 1) + PNGBytes.end, "has no pixels: it is 0 × 1"),
    (
      "a depth that does not exist", PNGBytes.signature + PNGBytes.header(1, 1, depth: 3) + PNGBytes.end,
      "is damaged: its header says colour type 0 with 3 bits, which does not exist"
    ),
    (
      "a colour type that does not exist", PNGBytes.signature + PNGBytes.header(1, 1, type: 5) + PNGBytes.end,
      "is damaged: its header says colour type 5 with 8 bits, which does not exist"
    ),
    ("no data", header + PNGBytes.end, "is damaged: it has no IDAT chunk with pixels"),
    ("data that is no deflate stream", header + PNGBytes.chunk("IDAT", [1, 2, 3]) + PNGBytes.end, "is damaged: "),
    ("empty data", header + PNGBytes.chunk("IDAT", []) + PNGBytes.end, "is damaged: it has no IDAT chunk with pixels"),
    (
      "a chunk of no letters", header + PNGBytes.chunk("ID\u{1}T", [1]) + PNGBytes.end,
      "is damaged: there is no chunk at byte 33, where one should begin"
    ),
    (
      "a chunk that every reader must know", header + PNGBytes.chunk("WHAT", []) + PNGBytes.data + PNGBytes.end,
      "is damaged: its chunk WHAT is not known, and may not be passed over"
    ),
    (
      "a text between the data",
      header + PNGBytes.data + PNGBytes.chunk("tEXt", [65, 0, 66]) + PNGBytes.data + PNGBytes.end,
      "is damaged: another chunk lies between its IDAT chunks"
    ),
    (
      "a chunk longer than the file", header + [0x7F, 0xFF, 0xFF, 0xFF] + Array("IDAT".utf8) + [0, 0, 0, 0],
      "ends after 45 bytes, inside its chunk IDAT; it was not copied or downloaded whole"
    ),
    (
      "a palette without PLTE", PNGBytes.signature + PNGBytes.header(1, 1, type: 3) + PNGBytes.data + PNGBytes.end,
      "is damaged: "
    ),
    (
      "a square whose sides multiply to 2⁶⁴", PNGBytes.signature + PNGBytes.header(.max, .max) + PNGBytes.end,
      "is 4294967295 × 4294967295 pixels; at most 67108864 in all and 1000000 a side are read, so make it smaller"
    ),
    (
      "a side too long", PNGBytes.signature + PNGBytes.header(1_000_001, 1) + PNGBytes.end,
      "is 1000001 × 1 pixels; at most 67108864 in all and 1000000 a side are read, so make it smaller"
    ),
    (
      "more pixels than the data can hold",
      PNGBytes.signature + PNGBytes.header(8_000, 8_000, depth: 16, type: 6) + PNGBytes.data + PNGBytes.end,
      "claims 8000 × 8000 pixels, more than its 13 bytes of data can hold"
    ),
  ]

  @Test("each by its fault")
  func faults() {
    for (name, bytes, message) in Self.cases {
      let fault = #expect(throws: PictureFault.self, "\(name)") { try PNG.decode(bytes) }
      let text = fault?.description ?? ""
      let isRight = message.hasSuffix(" ") ? text.hasPrefix(message) && text.count > message.count : text == message
      #expect(isRight, "\(name): \(text)")
    }
  }

  @Test("wherever one byte is another one")
  func everyByte() {
    for index in Self.good.indices {
      var bytes = Self.good
      bytes[index] ^= 0x10
      #expect(throws: PictureFault.self, "byte \(index)") { try PNG.decode(bytes) }
    }
  }

  @Test("wherever it ends too soon")
  func everyLength() {
    for length in Self.good.indices {
      #expect(throws: PictureFault.self, "\(length) bytes") { try PNG.decode(Array(Self.good.prefix(length))) }
    }
  }

  @Test("a damaged chunk is named with its place")
  func checksum() {
    var bytes = Self.good
    bytes[20] ^= 1
    #expect(throws: PictureFault.checksum(chunk: "IHDR", offset: 8)) { try PNG.decode(bytes) }
  }

  @Test("a limit of the caller's, before memory is taken")
  func limits() throws {
    let limits = PictureLimits(pixels: 34)
    #expect(throws: PictureFault.tooLarge(width: 7, height: 5, limit: 34)) { try PNG.decode(Self.good, limits: limits) }
    #expect(try PNG.decode(Self.good, limits: PictureLimits(pixels: 35)).pixelCount == 35)
  }

  @Test("texts that inflate to gigabytes are never inflated")
  func textBomb() throws {
    let bomb = [UInt8](Goldens.committed.textBomb)
    let texts = Array(repeatElement(bomb, count: 200).joined())
    let before = try peakMemory()
    let file = Self.header + texts + PNGBytes.data + PNGBytes.end
    #expect(try PNG.decode(file) == Picture(width: 1, height: 1, channels: .grey, bytes: [0]))
    // Inflated they are 1.6 GB.
    #expect(try peakMemory() - before < 200_000_000)
  }

  /// The most that this process ever had, in bytes.
  private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 1024
  }
}
