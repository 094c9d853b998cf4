import Foundation
import Tensors
import Testing

/// Checkpoints that are not trusted, or do not fit what is asked of them.
@Suite("A bad checkpoint is refused in words")
struct BadCheckpointTests {
  /// Length of the trailer behind the HDF5 part of a checkpoint.
  private static let trailer = 56
  private static let newest = "run/step-00000012.weights.h5"
  private static let older = "run/step-00000008.weights.h5"
  private static let oldest = "run/step-00000004.weights.h5"
  /// Kernels that every processor has.
  private static let portable = ["LOCKSTEP_ISA": "portable"]

  /// A finished run of 3 epochs, in `run`.
  private static func train(_ command: Command) throws {
    var command = command
    command.environment = portable
    try command.write(SmallConfigs.linear, to: "c.json")
    let result = try command.run(["train", "c.json", "--run", "run", "--progress", "none"])
    try #require(result.status == 0, "\(result.error)")
  }

  /// A call on a finished run of which something was changed.
  private static func run(
    _ name: String, _ arguments: [String], status: Int32 = 65, environment: [String: String] = portable,
    _ error: String, change: @escaping @Sendable (Command) throws -> Void = { _ in }
  ) -> BadInput {
    BadInput(name, arguments, environment: environment, error: "lockstep: " + error, status: status) {
      try train($0)
      try change($0)
    }
  }

  /// A call that evaluates the newest checkpoint, whose bytes were changed.
  private static func bytes(
    _ name: String, _ error: String, change: @escaping @Sendable (inout [UInt8]) -> Void
  ) -> BadInput {
    run(name, ["evaluate", newest], "\(newest): \(error)") { try $0.edit(newest, change) }
  }

  private static let damaged = "damaged: the checksum does not match its bytes; use an older checkpoint"

  static let files: [BadInput] = [
    BadInput("missing", ["evaluate", "x.h5"], error: "lockstep: x.h5: no such file", status: 66),
    BadInput("a directory without checkpoints", ["resume", "."], error: "lockstep: . holds no checkpoint", status: 66),
    BadInput("a device", ["inspect", "/dev/zero"], error: "lockstep: /dev/zero: not a regular file", status: 65),
    bytes("empty", "the file is empty; use an older checkpoint") { $0 = [] },
    bytes("a text", "not an HDF5 file, so not a checkpoint") { $0 = Array("weights\n".utf8) },
    bytes("cut in the superblock", "cut short: most bytes are missing; use an older checkpoint") {
      $0 = Array($0.prefix(20))
    },
    bytes("cut in the middle", "cut short: 100000 bytes are missing; use an older checkpoint") {
      $0.removeLast(100_000)
    },
    bytes("cut in the trailer", "cut short: 1 byte is missing; use an older checkpoint") { $0.removeLast() },
    bytes("a byte too many", "1 byte too many after the end; use an older checkpoint") { $0.append(0) },
    bytes(
      "Keras's own file", "an HDF5 file without Lockstep's checksum: cut short, or written by another program"
    ) { $0.removeLast(trailer) },
    bytes("a flipped bit in the first byte", "not an HDF5 file, so not a checkpoint") { $0[0] ^= 1 },
    bytes("a flipped bit in the superblock", damaged) { $0[40] ^= 0x80 },
    bytes("a flipped bit in the weights", damaged) { $0[$0.count / 2] ^= 1 },
    bytes("a flipped bit in the trailer's length", damaged) { $0[$0.count - trailer + 17] ^= 1 },
    bytes("a flipped bit in the checksum", damaged) { $0[$0.count - 1] ^= 1 },
    bytes(
      "a newer format", "written by a newer Lockstep: format version 2, this program reads up to 1; update Lockstep"
    ) { bytes in
      bytes[bytes.count - trailer + 8] = 2
      let content = Array(bytes.dropLast(SHA256.byteCount))
      bytes = content + content.withUnsafeBytes { SHA256.digest(of: $0) }
    },
    run(
      "another seed than its config's, under a right checksum", ["resume", newest, "--epochs", "4"],
      "\(newest) contradicts itself: its seed is 8, and its config's is 7; use an older checkpoint"
    ) {
      try $0.edit(newest) { bytes in
        // The attribute's name, its type and its value, each in a place of its own.
        let name = Array("seed\0\0\0\0".utf8)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
        let value = try #require(bytes[start...].indices.first { bytes[$0...].starts(with: [7, 0, 0, 0, 0, 0, 0, 0]) })
        bytes[value] = 8
        let content = Array(bytes.dropLast(SHA256.byteCount))
        bytes = content + content.withUnsafeBytes { SHA256.digest(of: $0) }
      }
    },
    run(
      "no checkpoint is left", ["resume", "run"],
      """
      run holds no checkpoint that can be trusted; passed over:
        \(newest): the file is empty
        \(older): damaged: the checksum does not match its bytes
        \(oldest): not an HDF5 file, so not a checkpoint
      """
    ) {
      try $0.write([], to: newest)
      try $0.edit(older) { $0[$0.count - 1] ^= 1 }
      try $0.write("x", to: oldest)
    },
    run("verified", ["inspect", newest, "--verify"], "\(newest): \(damaged)") { try $0.edit(newest) { $0[5000] ^= 4 } },
  ]

  static let unfit: [BadInput] = [
    run(
      "another network", ["train", "c.json", "--run", "run", "--resume", "--set", "model.layers[1].units=11"],
      "the config is not the one that \(newest) was trained with; these change the result:\n"
        + "  model.layers[1].units: 11 here, 10 there"),
    run(
      "another optimizer",
      ["train", "c.json", "--run", "run", "--resume", "--set", #"training.optimizer={"type":"rmsProp"}"#],
      """
      the config is not the one that \(newest) was trained with; these change the result:
        training.optimizer.type: "rmsProp" here, "adam" there
        training.optimizer.rho: 0.9 here, nothing there
        training.optimizer.weightDecay: 0.0 here, nothing there
        training.optimizer.beta1: nothing here, 0.9 there
        training.optimizer.beta2: nothing here, 0.999 there
      """),
    run(
      "another batch size", ["train", "c.json", "--run", "run", "--resume", "--set", "training.batchSize=8"],
      "the config is not the one that \(newest) was trained with; these change the result:\n"
        + "  training.batchSize: 8 here, 16 there"),
    run(
      "another drawing of the digits", ["train", "c.json", "--run", "run", "--resume", "--set", "data.seed=2"],
      "the config is not the one that \(newest) was trained with; these change the result:\n"
        + "  data.seed: 2 here, 1 there"),
    run(
      "fewer epochs than are done", ["resume", "run", "--epochs", "2"], status: 64,
      "\(newest) is at step 12, and this run has only 8 steps; ask for more epochs"),
    run(
      "not the newest", ["resume", older], status: 64,
      "\(older) is not the newest checkpoint of its run (\(newest) is); "
        + "add --run DIR to branch off into a directory of its own"),
    run(
      "not the newest, into its own directory", ["resume", older, "--run", "./run"], status: 64,
      "\(older) is not the newest checkpoint of its run (\(newest) is); "
        + "add --run DIR to branch off into a directory of its own"),
    run(
      "into another run's directory", ["resume", older, "--run", "other"], status: 64,
      "other already holds checkpoints; give --run a directory that has none"
    ) {
      try FileManager.default.copyItem(
        at: $0.directory.appendingPathComponent("run"), to: $0.directory.appendingPathComponent("other"))
    },
    run(
      "test samples with more classes", ["evaluate", "run", "--data", "digits"],
      "data set 'mnist': label 12 of test sample 0 is outside 0...9; "
        + "set data.classes to the number of classes, or mend the label file"
    ) {
      _ = try $0.run(["data", "digits", "digits", "--train", "1", "--test", "1", "--plain"])
      try $0.edit("digits/t10k-labels-idx1-ubyte") { $0[8] = 12 }
    },
  ]

  @Test(arguments: files + unfit)
  func isRefused(bad: BadInput) throws { try bad.check() }

  @Test("of other training data")
  func otherData() throws {
    var command = try Command()
    defer { command.remove() }
    command.environment = BadCheckpointTests.portable
    try command.write(SmallConfigs.linear, to: "c.json")
    _ = try command.run(["data", "digits", "digits", "--train", "64", "--test", "20", "--plain"])
    let options = ["--run", "run", "--set", #"data={"dataset":"mnist","directory":"digits"}"#, "--progress", "none"]
    #expect(try command.run(["train", "c.json"] + options).status == 0)
    try command.edit("digits/train-labels-idx1-ubyte") { $0.swapAt(8, 9) }
    let result = try command.run(["resume", "run", "--epochs", "4"], limit: 60)
    #expect(result.status == 65)
    let words = result.error.split(separator: " ")
    #expect(
      result.error.hasPrefix(
        "lockstep: the training data is not what the checkpoint was trained on: its SHA-256 is "), "\(result.error)")
    #expect(words.filter { $0.trimmingCharacters(in: .punctuationCharacters.union(.newlines)).count == 64 }.count == 2)
  }

  @Test("of another instruction set")
  func otherInstructionSet() throws {
    var command = try Command()
    defer { command.remove() }
    try BadCheckpointTests.train(command)
    command.environment["LOCKSTEP_ISA"] = "avx2"
    let result = try command.run(["resume", "run", "--epochs", "4"], limit: 60)
    if result.status == 64, result.error.contains("does not have") {
      print("skipped: this processor has no avx2")
      return
    }
    #expect(
      result.error == "lockstep: the checkpoint was made with portable kernels, and avx2 kernels give other bits; "
        + "set LOCKSTEP_ISA=portable, or add --accept-other-bits\n")
    #expect(result.status == 65)
    let accepted = try command.run(
      ["resume", "run", "--epochs", "4", "--accept-other-bits", "--progress", "none"], limit: 60)
    #expect(accepted.status == 0, "\(accepted.error)")
  }

  @Test("a damaged newest checkpoint is passed over, and the run ends with the same bits", arguments: [true, false])
  func passedOver(train: Bool) throws {
    var command = try Command()
    defer { command.remove() }
    try BadCheckpointTests.train(command)
    command.environment = BadCheckpointTests.portable
    let whole = try command.digest(of: "run")
    try command.edit(BadCheckpointTests.newest) { $0[$0.count / 3] ^= 0x10 }
    let arguments = train ? ["train", "c.json", "--run", "run", "--resume"] : ["resume", "run"]
    let result = try command.run(arguments + ["--progress", "none"], limit: 60)
    #expect(
      result.error
        == "lockstep: passed over: \(BadCheckpointTests.newest): damaged: the checksum does not match its bytes\n")
    #expect(result.status == 0)
    #expect(try command.digest(of: "run") == whole)
  }
}
