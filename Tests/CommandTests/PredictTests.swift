import Foundation
import Pictures
import Testing

/// `lockstep predict` as its users call it.
@Suite("Pictures are recognised on the command line")
struct PredictTests {
  /// What `--json` prints, as a program would read it.
  private struct Answer: Decodable {
    struct Image: Decodable, Equatable {
      let file: String
      let index: Int?
      let `class`: Int
      let label: String
      let probability: Float
      let probabilities: [Float]
      let treatment: String
      let inverted: Bool
      let blank: Bool
    }

    struct Failure: Decodable, Equatable {
      let file: String
      let message: String
      let missing: Bool
    }

    let checkpoint: String
    let step: Int
    let images: [Image]
    let failures: [Failure]
  }

  /// A directory with a run on drawn digits, and those of its test set as an IDX file.
  private static func prepared(config: String = SmallConfigs.linear) throws -> Command {
    let command = try Command()
    try command.write(config, to: "c.json")
    let trained = try command.run(["train", "c.json", "--run", "run", "--progress", "none"], limit: 60)
    try #require(trained.status == 0, "\(trained.error)")
    let drawn = try command.run(["data", "digits", "digits", "--train", "1", "--test", "300"], limit: 60)
    try #require(drawn.status == 0, "\(drawn.error)")
    return command
  }

  private static let images = "digits/t10k-images-idx3-ubyte.gz"

  /// A black bar on a white page: a one.
  private static let page = Picture(
    width: 90, height: 120, channels: .grey,
    bytes: (0..<90 * 120).map { (40..<50).contains($0 % 90) && (20..<95).contains($0 / 90) ? 0 : 255 })

  private static func answer(_ result: Command.Result) throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
  }

  @Test("a table for people; the same answers as one JSON object")
  func table() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    try command.write(PNG.encode(Self.page), to: "one.png")
    try command.write(PNG.encode(Self.page.withColor), to: "colours.png")
    let arguments = ["predict", "run", "one.png", "colours.png", Self.images + "[3-4]", "--threads", "2"]
    let text = try command.run(arguments + ["--top", "3"], limit: 60)
    #expect(text.status == 0 && text.error.isEmpty, "\(text.error)")
    let lines = text.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines[0] == ["picture", "class", "probability", "next", "probability", "3.", "probability", "note"])
    #expect(lines.dropFirst(2).map { $0[0] } == ["one.png", "colours.png", Self.images + "[3]", Self.images + "[4]"])
    #expect(lines[2].suffix(2) == ["inverted,", "centred"] && lines[4].last == "%")

    let json = try command.run(arguments + ["--json"], limit: 60)
    #expect(json.status == 0 && json.error.isEmpty)
    let answer = try Self.answer(json)
    #expect(answer.checkpoint.hasPrefix("run/step-") && answer.step == 12 && answer.failures.isEmpty)
    #expect(answer.images.map(\.index) == [nil, nil, 3, 4])
    #expect(answer.images.map(\.treatment) == ["centred", "centred", "unchanged", "unchanged"])
    #expect(answer.images.map(\.inverted) == [true, true, false, false])
    for (image, line) in zip(answer.images, lines.dropFirst(2)) {
      #expect(image.probabilities.count == 10 && abs(image.probabilities.reduce(0, +) - 1) < 1e-5)
      #expect(image.probability == image.probabilities.max() && image.probability == image.probabilities[image.class])
      #expect(image.label == "\(image.class)" && line[1] == image.label)
    }
    // The same picture, whatever its channels.
    #expect(answer.images[0].probabilities == answer.images[1].probabilities)
  }

  @Test("a whole IDX file; as PNG files one by one; through standard input")
  func sources() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let whole = try Self.answer(try command.run(["predict", "run", Self.images, "--json"], limit: 60))
    #expect(whole.images.map(\.index) == (0..<300).map { $0 })
    try command.write(PNG.encode(Self.page), to: "one.png")
    let named = try Self.answer(try command.run(["predict", "run", "one.png", "--json"], limit: 60))
    for script in ["predict run - --json < one.png", "predict run --json - < one.png"] {
      let piped = try Self.answer(try command.output(ofShell: "cat one.png | \"$LOCKSTEP\" \(script)", limit: 60))
      #expect(piped.images[0].file == "standard input")
      #expect(piped.images.map(\.probabilities) == named.images.map(\.probabilities))
    }
    // A file of that name is no part of another one.
    try command.write(PNG.encode(Self.page), to: "one.png[2]")
    let bracket = try Self.answer(try command.run(["predict", "run", "one.png[2]", "--json"], limit: 60))
    #expect(bracket.images.map(\.file) == ["one.png[2]"])
  }

  @Test("a bad picture among good ones is named, and the others are answered")
  func mixed() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    try command.write(PNG.encode(Self.page), to: "one.png")
    try command.write(Array(PNG.encode(Self.page).prefix(60)), to: "cut.png")
    try command.write([0xFF, 0xD8, 0xFF, 0xE0, 0], to: "photo.png")
    let result = try command.run(
      ["predict", "run", "one.png", "none.png", "cut.png", "photo.png", "one.png", "--json"], limit: 60)
    #expect(result.status == 65)
    #expect(
      result.error == """
        lockstep: none.png: cannot be read: No such file or directory
        lockstep: cut.png: ends after 60 bytes, inside its chunk IDAT; it was not copied or downloaded whole
        lockstep: photo.png: is a JPEG picture; convert it to PNG

        """)
    let answer = try Self.answer(result)
    #expect(answer.images.map(\.file) == ["one.png", "one.png"])
    #expect(answer.failures.map(\.file) == ["none.png", "cut.png", "photo.png"])
    #expect(answer.failures.map(\.missing) == [true, false, false])
    #expect(answer.failures[2].message == "photo.png: is a JPEG picture; convert it to PNG")
    let missing = try command.run(["predict", "run", "one.png", "none.png"], limit: 60)
    #expect(missing.status == 66 && missing.output.contains("one.png"))
  }

  @Test("what the network sees, drawn")
  func show() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    try command.write(PNG.encode(Self.page), to: "one.png")
    let result = try command.run(["predict", "run", "one.png", "--show"], limit: 60)
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    let margin = String(repeating: " ", count: 13)
    let bar = ["▄▄▄"] + Array(repeating: "███", count: 9) + ["▀▀▀"]
    let expected = ["one.png:", "", ""] + bar.map { margin + $0 } + [""]
    #expect(lines.prefix(15).map(String.init) == expected)
  }

  @Test("where nothing is drawn, that is said")
  func blank() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    let empty = Picture(width: 50, height: 60, channels: .grey, bytes: [UInt8](repeating: 255, count: 3_000))
    try command.write(PNG.encode(empty), to: "empty.png")
    let result = try command.run(["predict", "run", "empty.png"], limit: 60)
    #expect(result.status == 0 && result.output.contains("blank, centred"), "\(result.output)")
  }

  @Test("many large pictures take no more memory than a few")
  func memory() throws {
    let command = try Self.prepared()
    defer { command.remove() }
    // 9 MB decoded, so that all of them would take 576 MB.
    let large = Picture(
      width: 3_000, height: 3_000, channels: .grey,
      bytes: (0..<3_000 * 3_000).map {
        (1_000..<1_500).contains($0 % 3_000) && (500..<2_500).contains($0 / 3_000) ? 0 : 255
      })
    try command.write(PNG.encode(large), to: "large.png")
    let names = Array(repeating: "large.png", count: 64).joined(separator: " ")
    let result = try command.output(
      ofShell: "ulimit -v 400000; \"$LOCKSTEP\" predict run --threads 2 \(names) --json", limit: 120)
    #expect(result.status == 0, "\(result.error)")
    #expect(try Self.answer(result).images.count == 64)
  }

  private static let usage = """
    Usage: lockstep predict <run-or-checkpoint> <image> ... [--threads <n>] [--top <k>] [--raw] [--show] [--json]
      See 'lockstep predict --help' for more information.
    """

  private static func bad(
    _ name: String, _ arguments: [String], status: Int32, _ error: String,
    change: @escaping @Sendable (Command) throws -> Void = { _ in }
  ) -> BadInput {
    BadInput(name, ["predict"] + arguments, error: "lockstep: " + error, status: status) { command in
      try command.write(SmallConfigs.linear, to: "c.json")
      let trained = try command.run(["train", "c.json", "--run", "run", "--progress", "none"], limit: 60)
      try #require(trained.status == 0, "\(trained.error)")
      try change(command)
    }
  }

  static let cases: [BadInput] = [
    bad(
      "no picture", ["run"], status: 64,
      """
      Missing expected argument '<image> ...'
      Help:  <image>  Pictures: PNG, PGM or IDX files, or - for standard input.
      \(usage)
      """),
    bad("no class", ["run", "a.png", "--top", "0"], status: 64, "--top is 0; expected 1 or more\n\(usage)"),
    bad(
      "a drawing in JSON", ["run", "a.png", "--show", "--json"], status: 64,
      "--show draws for people; leave it out with --json\n\(usage)"),
    bad(
      "standard input twice", ["run", "-", "-"], status: 64,
      "- is standard input, which can be read once; name it once\n\(usage)"),
    bad("no checkpoint", ["none", "a.png"], status: 66, "none: no such file"),
    bad("nothing on standard input", ["run", "-"], status: 65, "standard input: is empty"),
    bad("a missing picture", ["run", "a.png"], status: 66, "a.png: cannot be read: No such file or directory"),
    bad("a directory", ["run", "run"], status: 65, "run: is a directory, not a file"),
    bad(
      "a picture by number", ["run", "a.png[1]"], status: 65,
      "a.png is one picture, no IDX file; name it without a number"
    ) {
      try $0.write(PNG.encode(page), to: "a.png")
    },
    bad(
      "a picture that is compressed", ["run", "a.png.gz"], status: 65,
      "a.png.gz: is compressed by gzip, which is read only of files of IDX images; decompress it first (gunzip)"
    ) {
      try $0.write(PNG.encode(page), to: "a.png")
      try $0.shell("gzip a.png")
    },
    bad(
      "an image that is not there", ["run", "i[2-3]"], status: 65,
      "i has no image 3: it holds 3 images, numbered from 0"
    ) {
      try $0.write([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8, 9], to: "i")
    },
    bad("a cut IDX file", ["run", "i"], status: 65, "i: holds 2 bytes of data, but its header says 3") {
      try $0.write([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8], to: "i")
    },
    bad(
      "images of two channels", ["run", "i"], status: 65,
      "i: is an IDX file of images with 2 channels; convert it to PNG"
    ) { try $0.write([0, 0, 8, 4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4], to: "i") },
    bad("labels", ["run", "i"], status: 65, "i: has 1 dimension; images have 3 or 4") {
      try $0.write([0, 0, 8, 1, 0, 0, 0, 1, 7], to: "i")
    },
    bad(
      "a huge picture", ["run", "huge.png"], status: 65,
      "huge.png: is 100000 × 100000 pixels; at most 67108864 in all and 1000000 a side are read, so make it smaller"
    ) {
      var bytes = PNG.encode(Picture(width: 1, height: 1, channels: .grey, bytes: [0]))
      // The header of 100,000 × 100,000 pixels, with its checksum.
      bytes.replaceSubrange(
        16..<33, with: [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0, 8, 0, 0, 0, 0, 0x8D, 0x39, 0x54, 0x14])
      try $0.write(bytes, to: "huge.png")
    },
    bad(
      "a pipe that nobody writes to", ["run", "pipe"], status: 65,
      "pipe: is a pipe (- reads one from standard input), not a file"
    ) {
      mkfifo($0.directory.appendingPathComponent("pipe").path, 0o600)
    },
  ]

  @Test(arguments: cases)
  func isRefused(bad: BadInput) throws { try bad.check() }

  @Test("help names formats and keys")
  func helps() throws {
    let command = try Command()
    defer { command.remove() }
    let result = try command.run(["predict", "--help"], limit: 60)
    #expect(result.status == 0)
    for word in ["PNG", "PGM", "IDX", "--json", "--top <k>", "probabilities", "treatment", "66"] {
      #expect(result.output.contains(word), "\(word)")
    }
  }
}
