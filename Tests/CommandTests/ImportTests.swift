import Foundation
import Testing

/// `lockstep import` on files like those of other programs: a checkpoint without its trailer has no checksum either.
@Suite("Weights of other programs")
struct ImportTests {
  private static let trailer = 56
  private static let importing = ["import", "foreign.weights.h5", "--config", "c.json", "--run", "imported"]

  /// A finished run in `run`, and its last checkpoint as a foreign file.
  private static func prepare() throws -> Command {
    var command = try Command()
    command.environment = ["LOCKSTEP_ISA": "portable"]
    try command.write(SmallConfigs.linear, to: "c.json")
    let result = try command.run(["train", "c.json", "--run", "run", "--threads", "1"])
    try #require(result.status == 0, "\(result.error)")
    let newest = try #require(try command.files(in: "run").last { $0.hasPrefix("step-") })
    try command.write(Array(try command.bytes(of: "run/\(newest)").dropLast(trailer)), to: "foreign.weights.h5")
    return command
  }

  @Test("The same predictions, and a run that goes on")
  func predictions() throws {
    let command = try Self.prepare()
    defer { command.remove() }
    let result = try command.run(Self.importing)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.hasSuffix("parameters → imported/step-00000000.weights.h5\n"), "\(result.output)")
    let (before, after) = (
      try command.run(["evaluate", "run", "--json"]), try command.run(["evaluate", "imported", "--json"])
    )
    #expect(before.status == 0 && before.output == after.output)

    let resumed = try command.run(["resume", "imported", "--threads", "2"])
    #expect(resumed.status == 0, "\(resumed.error)")
    // Trained further from there: neither the run that it comes from, nor one from the beginning.
    #expect(try command.digest(of: "imported") != command.digest(of: "run"))
  }

  @Test("A directory with checkpoints is left alone")
  func inUse() throws {
    let command = try Self.prepare()
    defer { command.remove() }
    let result = try command.run(["import", "foreign.weights.h5", "--config", "c.json", "--run", "run"])
    #expect(result.status == 64)
    #expect(result.error == "lockstep: run already holds checkpoints; give --run a directory that has none\n")
  }

  @Test("Another network: every disagreement")
  func otherNetwork() throws {
    let command = try Self.prepare()
    defer { command.remove() }
    let result = try command.run(
      Self.importing + ["--set", #"model.layers=["flatten",{"type":"dense","units":11},{"type":"dense","units":10}]"#])
    #expect(result.status == 65)
    #expect(
      result.error.hasPrefix(
        "lockstep: foreign.weights.h5 does not fit the network:\n  /layers/dense/vars/0: expected "))
    #expect(result.error.contains("\n  /layers/dense_1/vars/0: missing, expected 11 × 10\n"))
    #expect(try !command.files(in: ".").contains("imported"))
  }

  @Test(
    "Files that are none",
    arguments: [
      ("missing", 66, "no such file"), ("empty", 65, "the file is empty"),
      ("text", 65, "not an HDF5 file; expected what Keras writes with model.save_weights(\"….weights.h5\")"),
      ("folder", 65, "not a regular file"), ("cut", 65, "HDF5: could not open file /: truncated file"),
    ])
  func files(name: String, status: Int32, message: String) throws {
    let command = try Self.prepare()
    defer { command.remove() }
    let foreign = try command.bytes(of: "foreign.weights.h5")
    try command.write([], to: "empty")
    try command.write("weights", to: "text")
    try command.write("", to: "folder/file")
    try command.write(Array(foreign.prefix(foreign.count / 2)), to: "cut")
    let result = try command.run(["import", name, "--config", "c.json", "--run", "imported"])
    #expect(result.status == status)
    #expect(result.error.hasPrefix("lockstep: \(name): \(message)"), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(try !command.files(in: ".").contains("imported"))
  }

  @Test("A checkpoint of ours has a checksum, and it is looked at", arguments: [1, 56, 60, 2_000])
  func damagedCheckpoint(fromTheEnd place: Int) throws {
    let command = try Self.prepare()
    defer { command.remove() }
    let newest = try #require(try command.files(in: "run").last { $0.hasPrefix("step-") })
    let good = ["import", "run/\(newest)", "--config", "c.json", "--run", "imported"]
    try command.edit("run/\(newest)") { $0[$0.count - place] ^= 4 }
    let result = try command.run(good)
    #expect(result.status == 65)
    #expect(result.error.hasPrefix("lockstep: run/\(newest): damaged: the checksum"), "\(result.error)")
    try command.edit("run/\(newest)") { $0[$0.count - place] ^= 4 }
    #expect(try command.run(good).status == 0)
  }

  @Test("A flipped bit anywhere in the file's structure: a message or an import, never a crash of ours")
  func damage() throws {
    let command = try Self.prepare()
    defer { command.remove() }
    let foreign = try command.bytes(of: "foreign.weights.h5")
    // The structure lies before and behind the values; a part of it is tried here.
    let structure = Array(0..<96) + Array(max(96, foreign.count - 4_000)..<foreign.count)
    for place in structure.enumerated().filter({ $0.offset % 97 == 3 }).map(\.element) {
      var damaged = foreign
      damaged[place] ^= 1 << UInt8(place % 8)
      try command.write(damaged, to: "foreign.weights.h5")
      let result = try command.run(Self.importing, limit: 60)
      #expect([0, 65].contains(result.status), "byte \(place): \(result.status) \(result.error)")
      #expect(
        result.status == 0 || result.error.hasPrefix("lockstep: foreign.weights.h5"), "byte \(place): \(result.error)")
      try? FileManager.default.removeItem(at: command.directory.appendingPathComponent("imported"))
    }
  }
}
