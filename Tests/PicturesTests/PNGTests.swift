import Foundation
import Pictures
import Testing

/// Goldens: Tests/PicturesTests/Goldens/generate.py.
@Suite("PNG")
struct PNGTests {
  @Test("every kind is read as Pillow and the standard have it")
  func committed() throws {
    let cases = Goldens.committed.cases
    #expect(cases.count >= 66)
    for golden in cases {
      #expect(try PNG.decode([UInt8](golden.file)) == golden.picture, "\(golden.name)")
    }
  }

  @Test(
    "every kind, of other sizes and contents",
    .enabled(if: Goldens.python != nil, "set LOCKSTEP_PYTHON to a Python that has Pillow to run this test"),
    arguments: [2, 3])
  func made(seed: Int) throws {
    for golden in try Goldens.made(seed: seed).cases {
      #expect(try PNG.decode([UInt8](golden.file)) == golden.picture, "\(golden.name), seed \(seed)")
    }
  }

  static let sizes = [(1, 1), (1, 300), (300, 1), (28, 28), (257, 3), (3, 257), (100, 80)]

  @Test("what is written reads as it was", arguments: Picture.Channels.allCases, sizes)
  func roundTrip(channels: Picture.Channels, size: (width: Int, height: Int)) throws {
    let picture = Picture(any: size.width, size.height, channels)
    let file = PNG.encode(picture)
    #expect(try PNG.decode(file) == picture)
    #expect(PNG.encode(picture) == file, "equal pictures make equal bytes")
    #expect(try Picture(file) == picture)
  }

  @Test(
    "Pillow reads what is written",
    .enabled(if: Goldens.python != nil, "set LOCKSTEP_PYTHON to a Python that has Pillow to run this test"))
  func pillow() throws {
    let folder = try ScratchFolder()
    let modes: [(mode: String, channels: Picture.Channels)] = [
      ("L", .grey), ("LA", .greyAlpha), ("RGB", .color), ("RGBA", .colorAlpha),
    ]
    let pictures = modes.map { Picture(any: 19, 5, $0.channels) }
    let files = try zip(modes, pictures).map { try folder.write(PNG.encode($1), to: "\($0.mode).png") }
    let answers = String(decoding: try Goldens.run(["read"] + files), as: UTF8.self).split(separator: "\n")
    #expect(answers.count == 4)
    for (index, answer) in answers.enumerated() {
      let words = answer.split(separator: " ")
      #expect(words.prefix(3) == [Substring(modes[index].mode), "19", "5"])
      #expect(try String(words[3]) == sha256(pictures[index].bytes, in: folder))
    }
  }

  /// By the system's own program.
  private func sha256(_ bytes: [UInt8], in folder: ScratchFolder) throws -> String {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.arguments = [try folder.write(bytes, to: "samples")]
    process.standardOutput = output
    try process.run()
    return String(decoding: output.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
  }

  @Test("a black pixel, made by hand; what follows the end is passed over")
  func byHand() throws {
    let file = PNGBytes.signature + PNGBytes.header(1, 1) + PNGBytes.data + PNGBytes.end
    let black = Picture(width: 1, height: 1, channels: .grey, bytes: [0])
    #expect(try PNG.decode(file) == black)
    #expect(try PNG.decode(file + [1, 2, 3]) == black)
  }
}
