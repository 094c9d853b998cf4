import Pictures
import Testing

@Suite("PGM")
struct PGMTests {
  private static func picture(_ bytes: [UInt8], width: Int = 2) -> Picture {
    Picture(width: width, height: bytes.count / width, channels: .grey, bytes: bytes)
  }

  private static let good: [(name: String, bytes: [UInt8], picture: Picture)] = [
    ("digits", Array("P2 2 2 255 0 1 254 255".utf8), picture([0, 1, 254, 255])),
    ("digits with comments", Array("P2# a\n2 # b\r2\n#c\n4\n0 1\n#d\n2 4 # e".utf8), picture([0, 64, 128, 255])),
    ("one bit", Array("P2\n2 1\n1\n0 1\n".utf8), picture([0, 255])),
    ("four bits", Array("P2\n2 1\n15\n7 8\n".utf8), picture([119, 136])),
    ("digits of 16 bits", Array("P2 2 1 65535 32767 65535".utf8), picture([127, 255])),
    ("bytes", Array("P5 2 2 255\n".utf8) + [0, 1, 254, 255], picture([0, 1, 254, 255])),
    ("bytes that look like a comment", Array("P5\n2 1\n255\n".utf8) + [0x23, 0x0A], picture([0x23, 0x0A])),
    ("bytes and a line feed behind", Array("P5\n# by hand\n2 1 100\n".utf8) + [50, 100, 0x0A], picture([128, 255])),
    ("16 bits", Array("P5 2 1 65535 ".utf8) + [0x80, 0x00, 0xFF, 0xFF], picture([128, 255])),
    ("9 bits", Array("P5 2 1 511 ".utf8) + [0x01, 0x00, 0x01, 0xFF], picture([128, 255])),
  ]

  @Test("is read as Netpbm has it")
  func reads() throws {
    for (name, bytes, picture) in Self.good {
      #expect(try PGM.decode(bytes) == picture, "\(name)")
      #expect(try Picture(bytes) == picture, "\(name)")
    }
  }

  private static let bad: [(name: String, text: String, message: String)] = [
    ("only a name", "P5\n", "ends after 3 bytes, before its width; it was not copied or downloaded whole"),
    ("no height", "P5 1 ", "ends after 5 bytes, before its height; it was not copied or downloaded whole"),
    ("no number", "P2 x 1 255 0", "is damaged: at byte 3, where its width should be, is no number"),
    ("a negative height", "P2 1 -1 255 0", "is damaged: at byte 5, where its height should be, is no number"),
    ("no pixels", "P2 0 7 255", "has no pixels: it is 0 × 7"),
    ("no largest value", "P2 1 1 0 0", "is damaged: its largest value is 0; 1 to 65535 are possible"),
    (
      "a largest value of 17 bits", "P5 1 1 65536 abc",
      "is damaged: its largest value is 65536; 1 to 65535 are possible"
    ),
    (
      "numbers of many digits", "P2 99999999999999999999999999 99999999999999999999999 255 0",
      "is 2147483647 × 2147483647 pixels; at most 67108864 in all and 1000000 a side are read, so make it smaller"
    ),
    (
      "a claim beyond the file", "P5 8000 8000 255 abc",
      "ends after 20 bytes, after 3 of 64000000 samples; it was not copied or downloaded whole"
    ),
    (
      "a claim in digits", "P2 8000 8000 255 1 2 3",
      "ends after 22 bytes, before all of its 64000000 samples can have come; it was not copied or downloaded whole"
    ),
    (
      "a sample missing", "P2 2 1 255  0  ",
      "ends after 15 bytes, before sample 1 of 2; it was not copied or downloaded whole"
    ),
    ("a sample too bright", "P2 2 1 7 7 8", "is damaged: sample 1 is above 7, its largest value"),
    ("a byte too bright", "P5 2 1 64 AA", "is damaged: sample 0 is above 64, its largest value"),
    ("no white space", "P5 1 1 255x", "is damaged: at byte 10, behind its largest value, is no white space"),
    (
      "two pictures", "P5 1 1 255 aP5 1 1 255 b",
      "is damaged: behind its last sample are 12 bytes more; only one picture a file is read"
    ),
    (
      "too many samples", "P2 1 1 9 1 2",
      "is damaged: behind its last sample are 1 byte more; only one picture a file is read"
    ),
  ]

  @Test("is refused in words")
  func refuses() {
    for (name, text, message) in Self.bad {
      let fault = #expect(throws: PictureFault.self, "\(name)") { try PGM.decode(Array(text.utf8)) }
      #expect(fault?.description == message, "\(name)")
    }
  }
}
