import Foundation
import Testing

/// Configs that are refused, with exit code 78, before anything is made for the run.
@Suite("A bad config is refused in words")
struct BadConfigTests {
  /// A good config with a part of it replaced.
  private static func changed(_ name: String, _ good: String, _ bad: String, _ error: String) -> BadInput {
    let parts = SmallConfigs.linear.components(separatedBy: good)
    precondition(parts.count == 2, "\(good) is in the config \(parts.count - 1) times")
    let config = parts.joined(separator: bad)
    return BadInput(name, ["train", "c.json"], error: "lockstep: c.json:\(error)", status: 78) {
      try $0.write(config, to: "c.json")
    }
  }

  /// A good config with values set on the command line.
  private static func set(_ name: String, _ overrides: String..., error: String) -> BadInput {
    BadInput(
      name, ["train", "c.json"] + overrides.flatMap { ["--set", $0] }, error: "lockstep: \(error)", status: 78
    ) { try $0.write(SmallConfigs.linear, to: "c.json") }
  }

  static let syntax: [BadInput] = [
    changed(
      "no comma", "\"seed\": 7,", "\"seed\": 7", "4:3: expected \",\" or \"}\", found \"\\\"\""),
    changed("a comma too many", "\"units\": 10 }", "\"units\": 10, }", "9:37: nothing follows this comma; remove it"),
    changed("a comment", "\"seed\": 7,", "\"seed\": 7, // lucky", "3:14: JSON has no comments; remove it"),
    changed("not a number", "0.001", "NaN", "14:52: NaN is not a JSON number; numbers are finite"),
    changed(
      "single quotes", "\"adam\"", "'adam'", "14:28: text is written in double quotes, not in single quotes"),
    BadInput(
      "cut short", ["train", "c.json"],
      error: "lockstep: c.json:4:33: the text ends, but the \"{\" of line 4, column 11 is not closed", status: 78
    ) {
      try $0.write(String(SmallConfigs.linear.prefix(67)), to: "c.json")
    },
    BadInput(
      "empty", ["train", "c.json"], error: "lockstep: c.json:1:1: the file is empty; expected a JSON object",
      status: 78
    ) { try $0.write("", to: "c.json") },
    BadInput(
      "not an object", ["train", "c.json"], error: "lockstep: c.json:1:1: expected an object, found an array",
      status: 78
    ) { try $0.write("[]", to: "c.json") },
    BadInput(
      "not UTF-8", ["train", "c.json"],
      error: "lockstep: c.json:1:12: byte 0xff is not UTF-8; save the file as UTF-8", status: 78
    ) { try $0.write(Array("{ \"name\": \"".utf8) + [0xFF], to: "c.json") },
    BadInput(
      "a byte order mark", ["train", "c.json"],
      error: "lockstep: c.json:1:1: the file begins with a byte order mark; save it as UTF-8 without one", status: 78
    ) { try $0.write([0xEF, 0xBB, 0xBF] + Array(SmallConfigs.linear.utf8), to: "c.json") },
    changed(
      "half a surrogate pair", "\"linear\"", #""\ud800""#,
      "2:12: half of a surrogate pair; such an escape needs its other half, as in \\ud83d\\ude00"),
    changed("infinity", "0.001", "1e999", "14:52: 1e999 is out of the range of numbers, ±1.8e308"),
    BadInput(
      "17 MB", ["train", "c.json"],
      error: "lockstep: c.json:1:1: the file has more than 16777216 bytes, the most that are read",
      status: 78
    ) { try $0.write([UInt8](repeating: UInt8(ascii: " "), count: 17 << 20), to: "c.json") },
    BadInput(
      "65 brackets", ["train", "c.json"],
      error: "lockstep: c.json:1:65: more than 64 levels of nesting", status: 78
    ) { try $0.write(String(repeating: "[", count: 65), to: "c.json") },
    BadInput(
      "a million brackets", ["train", "c.json"],
      error: "lockstep: c.json:1:65: more than 64 levels of nesting", status: 78
    ) { try $0.write(String(repeating: "[", count: 1_000_000), to: "c.json") },
  ]

  static let content: [BadInput] = [
    changed("an unknown key", "\"seed\"", "\"sed\"", "3:3: unknown key \"sed\"; did you mean \"seed\"?"),
    changed(
      "a duplicate key", "\"seed\": 7,", "\"seed\": 7, \"seed\": 8,",
      "3:14: duplicate key \"seed\"; it is already at line 3, column 3"),
    changed(
      "a missing key", "\"epochs\": 3, ", "",
      "12:15: training: the key \"epochs\" is missing; expected an integer, 1 to 1000000"),
    changed(
      "an unknown layer", "\"dense\"", "\"dens\"",
      "9:17: model.layers[1].type: unknown type \"dens\"; did you mean \"dense\"?"),
    changed(
      "a text for a number", "\"epochs\": 3", "\"epochs\": \"3\"",
      "13:15: training.epochs: expected an integer, found the string \"3\""),
    changed(
      "out of range", "0.001", "-1",
      "14:52: training.optimizer.learningRate: -1 is out of range; expected above 0 and at most 1000000"),
    changed(
      "a name that leaves the directory", "\"linear\"", "\"../linear\"",
      "2:11: name: \"../linear\" cannot name a file; expected a string of 1 to 100 letters, digits, \".\", \"_\" and "
        + "\"-\", not beginning with \".\" or \"-\""),
    changed(
      "an integer of 40 digits", "\"epochs\": 3", "\"epochs\": 1\(String(repeating: "0", count: 39))",
      "13:15: training.epochs: 1e39 is out of range; expected 1 to 1000000"),
    changed(
      "2³¹ units", "\"units\": 10", "\"units\": 2147483648",
      "9:35: model.layers[1].units: 2147483648 is out of range; expected 1 to 1000000"),
    changed(
      "a layer of 10⁶ × 10⁶", "\"units\": 10 }", "\"units\": 1000000 }, { \"type\": \"dense\", \"units\": 1000000 }",
      "9:74: model.layers[2].units: layer 2 (dense_1): a kernel of 1000000 × 1000000 is too large"),
    changed(
      "a layer that cannot take its input", "{ \"type\": \"flatten\" }", "{ \"type\": \"dropout\", \"rate\": 0.5 }",
      "9:7: model.layers[1]: layer 1 (dense): input is 28 × 28 × 1, but dense takes a row of numbers; "
        + "put a flatten layer before it"),
    changed(
      "a window larger than the image", "{ \"type\": \"flatten\" }",
      "{ \"type\": \"conv2d\", \"filters\": 2, \"kernel\": 29 }, { \"type\": \"flatten\" }",
      "8:51: model.layers[0].kernel: layer 0 (conv2d): input is 28 × 28 × 1, but a 29 × 29 kernel needs at least 29 × 29; "
        + "use padding \"same\" or a smaller kernel"),
    BadInput(
      "three mistakes at once", ["train", "c.json"],
      error: """
        lockstep: c.json:3:11: seed: expected an integer, found the string "7"
        c.json:4:11: data: the key "dataset" is missing; expected "mnist", "cifar10", "digits" or "memory"
        """, status: 78
    ) {
      let text = SmallConfigs.linear.replacingOccurrences(of: "\"seed\": 7", with: "\"seed\": \"7\"")
      try $0.write(text.replacingOccurrences(of: "\"dataset\": \"digits\", ", with: ""), to: "c.json")
    },
  ]

  static let unfit: [BadInput] = [
    set(
      "fewer outputs than classes", "model.layers[1].units=9",
      error: "the network has 9 outputs, but digits has 10 classes"),
    set(
      "another shape than the samples'", "model.input=[32,32,1]",
      error: "model.input is 32 × 32 × 1, but the samples of digits are 28 × 28 × 1"),
    set(
      "nothing left to train on", "data.trainSamples=1", "data.validation=0.5",
      error: "data set 'digits' has 1 training sample, so none can be held out; set data.validation to 0"),
  ]

  static let overrides: [BadInput] = [
    set(
      "--set without a value", "training.epochs",
      error: "--set training.epochs: expected path=value, for example training.epochs=3"),
    set(
      "--set without a path", "=3",
      error: "--set =3: \"\" is no path; write it as in model.layers[0].filters=16"),
    set(
      "--set of an unknown key", "training.epoch=3",
      error: "--set training.epoch=3: training: unknown key \"epoch\"; did you mean \"epochs\"?"),
    set(
      "--set out of range", "training.epochs=0",
      error: "--set training.epochs=0: training.epochs: 0 is out of range; expected 1 to 1000000"),
    set(
      "--set beyond an array's end", "model.layers[2].units=3",
      error: "--set model.layers[2].units=3: model.layers: there is no element 2; the array has 2"),
    set(
      "--set through a number", "seed.x=3",
      error: "--set seed.x=3: seed: expected an object to set \"x\" of, found 7"),
    set(
      "--set of half an array", "model.input=[28,28",
      error: "--set model.input=[28,28: model.input: column 7 of the value: the text ends, "
        + "but the \"[\" of line 1, column 1 is not closed"),
  ]

  static let files: [BadInput] = [
    BadInput(
      "a missing file", ["train", "c.json"], error: "lockstep: cannot read c.json: No such file or directory",
      status: 66),
    BadInput(
      "a directory", ["train", "."], error: "lockstep: . is a directory, but a config is expected, a JSON file",
      status: 66),
    BadInput(
      "inspected too", ["inspect", "c.json"], error: "lockstep: cannot read c.json: No such file or directory",
      status: 66),
  ]

  @Test(arguments: syntax + content + unfit + overrides + files)
  func isRefused(bad: BadInput) throws { try bad.check() }

  @Test("more memory than the machine has is not asked for")
  func tooLarge() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    // Two kernels of two milliards of weights each.
    let layers =
      #"[{"type":"flatten"},"#
      + [1_000_000, 2_000, 1_000_000, 10].map { #"{"type":"dense","units":\#($0)}"# }
      .joined(separator: ",") + "]"
    let result = try command.run(
      ["train", "c.json", "--set", "model.layers=\(layers)", "--set", "training.batchSize=65536"], limit: 60)
    #expect(result.status == 78)
    #expect(result.error.hasPrefix("lockstep: the run needs about "), "\(result.error)")
    #expect(
      result.error.hasSuffix(
        " GB; most of it for the gradients of a minibatch: "
          + "make training.batchSize or training.shards smaller\n"),
      "\(result.error)")
    #expect(try command.files(in: ".") == ["c.json"])
  }

  @Test("more memory than a limit leaves is not asked for, and the limit and what to change are named")
  func limited() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.linear, to: "c.json")
    let layers = #"[{"type":"flatten"},{"type":"dense","units":30000},{"type":"dense","units":10}]"#
    // 24 million weights want 0.6 GB with their slots and copies; what is mapped at the start is about a third of that.
    let limited = try command.output(
      ofShell:
        "ulimit -v 700000; exec \"$LOCKSTEP\" train c.json --threads 2 --set 'model.layers=\(layers)'")
    #expect(limited.status == 78)
    #expect(limited.error.contains(", and the limit on address space (ulimit -v) leaves "), "\(limited.error)")
    #expect(limited.error.contains("; most of it for "), "\(limited.error)")
    #expect(try command.files(in: ".") == ["c.json"])
    // A run that fits into the same limit does run in it.
    let fits = try command.output(
      ofShell: "ulimit -v 700000; exec \"$LOCKSTEP\" train c.json --threads 2 --progress none")
    #expect(fits.status == 0, "\(fits.error)")
  }

  @Test("more memory than a control group allows is not asked for")
  func controlGroup() throws {
    // Version 1 has a hierarchy of its own for memory; version 2 needs the controller handed down to the root's groups.
    let folders = [
      ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"),
    ]
    let name = "lockstep-test-\(ProcessInfo.processInfo.processIdentifier)"
    for (root, limit) in folders {
      let group = "\(root)/\(name)"
      guard (try? FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: false)) != nil else {
        continue
      }
      defer { rmdir(group) }
      guard (try? "100000000".write(toFile: "\(group)/\(limit)", atomically: false, encoding: .utf8)) != nil else {
        continue
      }
      let command = try Command()
      defer { command.remove() }
      try command.write(SmallConfigs.linear, to: "c.json")
      let layers = #"[{"type":"flatten"},{"type":"dense","units":30000},{"type":"dense","units":10}]"#
      let result = try command.output(
        ofShell:
          "echo $$ > \(group)/cgroup.procs; exec \"$LOCKSTEP\" train c.json --set 'model.layers=\(layers)'")
      #expect(result.error.contains(", and the control group /\(name) allows 100 MB; "), "\(result.error)")
      #expect(result.status == 78)
      return
    }
    print("skipped: no control group with a limit on memory can be made here")
  }

  @Test("a config that is refused leaves no run directory behind", arguments: unfit)
  func nothingIsMade(bad: BadInput) throws {
    let command = try Command()
    defer { command.remove() }
    try bad.prepare(command)
    #expect(try command.run(bad.arguments).status == bad.status)
    #expect(try command.files(in: ".") == ["c.json"])
  }
}
