import Foundation
import Testing

@Suite("A limit on the size of files (`ulimit -f`)")
struct FileSizeLimitTests {
  // In blocks of 512 bytes: too few for the config, and too few for a checkpoint.
  @Test(
    "is an error of one write, not the end of the process, and costs nothing",
    arguments: [(blocks: 1, file: "config.json"), (32, "step-")])
  func limit(blocks: Int, file: String) throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.awkward, to: "config.json")
    let train =
      ["train", "config.json", "--resume", "--progress", "none", "--threads", "2"]
      // Event files would be larger than checkpoints of this network.
      + ["--set", "logging.histogramsEveryEpochs=0", "--set", "logging.imagesEveryEpochs=0"]
    #expect(try command.run(train + ["--run", "untouched"]).status == 0)

    var shell = command
    shell.program = URL(fileURLWithPath: "/bin/sh")
    let limited = try shell.run(
      ["-c", #"ulimit -f "$1" && shift && exec "$0" "$@""#, command.program.path, "\(blocks)"] + train
        + ["--run", "limited"])
    #expect(limited.status == 74)
    #expect(limited.error.hasPrefix("lockstep: cannot write limited/\(file)"), "\(limited.error)")
    #expect(limited.error.contains("File too large"), "\(limited.error)")
    #expect(try command.files(in: "limited").filter { $0.contains("step-") } == [])

    #expect(try command.run(train + ["--run", "limited"]).status == 0)
    #expect(try command.digest(of: "limited") == command.digest(of: "untouched"))
  }
}
