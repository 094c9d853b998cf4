import Foundation
import Pictures
import Testing

@Suite("A file that may be a picture")
struct PictureFileTests {
  private static let picture = Picture(any: 6, 4, .grey)

  @Test("is read, from a path and through a pipe")
  func reads() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(PNG.encode(Self.picture), to: "a.jpg")
    #expect(try PictureFile.read(path) == Self.picture, "a name decides nothing")
    #expect(try PictureFile.read(path, limits: PictureLimits(fileBytes: .max)) == Self.picture)
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(PNG.encode(Self.picture)))
    try pipe.fileHandleForWriting.close()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    #expect(try PictureFile.read(descriptor: descriptor, name: "standard input") == Self.picture)
    #expect(throws: PictureError(path: "standard input", fault: .empty)) {
      try PictureFile.read(descriptor: descriptor, name: "standard input")
    }
  }

  @Test("is refused where it is none, without waiting for anybody")
  func refuses() throws {
    let folder = try ScratchFolder()
    mkfifo(folder.path("pipe"), 0o600)
    let cases: [(path: String, message: String)] = [
      (folder.path("none"), "cannot be read: No such file or directory"),
      (folder.url.path, "is a directory, not a file"),
      (folder.path("pipe"), "is a pipe (- reads one from standard input), not a file"),
      ("/dev/zero", "is a device, not a file"),
      (try folder.write([], to: "empty"), "is empty"),
      (try folder.write(Array("P5/x".utf8), to: "name"), "cannot be read: Not a directory"),
    ]
    for (path, message) in cases {
      let path = path.hasSuffix("name") ? path + "/x" : path
      let error = #expect(throws: PictureError.self) { try PictureFile.read(path) }
      #expect(error?.description == "\(path): \(message)")
      guard let error, message != "is empty" else { continue }
      #expect(throws: error) { try PictureFile.prefix(of: path) }
    }
  }

  @Test("is refused where it is longer than may be")
  func tooLong() throws {
    let folder = try ScratchFolder()
    let file = PNG.encode(Self.picture)
    let path = try folder.write(file, to: "p.png")
    #expect(try PictureFile.read(path, limits: PictureLimits(fileBytes: file.count)) == Self.picture)
    #expect(throws: PictureError(path: path, fault: .tooLong(limit: file.count - 1))) {
      try PictureFile.read(path, limits: PictureLimits(fileBytes: file.count - 1))
    }
  }

  private static let formats: [(prefix: [UInt8], message: String)] = [
    ([0xFF, 0xD8, 0xFF, 0xE0], "is a JPEG picture; convert it to PNG"),
    (Array("GIF89a".utf8), "is a GIF picture; convert it to PNG"),
    (Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ".utf8), "is a WebP picture; convert it to PNG"),
    (Array("BM6...".utf8), "is a BMP picture; convert it to PNG"),
    (Array("II*\0....".utf8), "is a TIFF picture; convert it to PNG"),
    (Array("\0\0\0 ftypavif".utf8), "is an AVIF picture; convert it to PNG"),
    (Array("\0\0\0 ftypheic".utf8), "is a HEIC picture; convert it to PNG"),
    (Array("P6\n1 1\n255\n".utf8), "is a PPM picture; convert it to PNG"),
    (Array("<svg xmlns".utf8), "is an SVG picture; convert it to PNG"),
    (
      [0x1F, 0x8B, 8, 0],
      "is compressed by gzip, which is read only of files of IDX images; decompress it first (gunzip)"
    ),
    ([0, 0, 8, 3, 0, 0], "is an IDX file, which holds many pictures; convert it to PNG"),
    (Array("P5x".utf8), "begins with 50 35 78, and is no PNG, PGM or IDX file; convert it to PNG"),
    (Array("hello".utf8), "begins with 68 65 6c 6c, and is no PNG, PGM or IDX file; convert it to PNG"),
    ([0x89], "ends after 1 byte, inside the PNG signature; it was not copied or downloaded whole"),
  ]

  @Test("is refused by the name of its format, where that is known")
  func formats() {
    for (prefix, message) in Self.formats {
      let fault = #expect(throws: PictureFault.self) { try Picture(prefix) }
      #expect(fault?.description == message)
    }
  }
}
