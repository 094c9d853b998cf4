import Foundation
import Testing

/// `"precision": "bfloat16"`: as exact as FP32, nearly as accurate, and never replaced in silence.
@Suite("Training in bfloat16")
struct BFloat16Tests {
  private static let refusal =
    "bfloat16 needs the avx512 kernels and a processor with AVX512-BF16, and the kernels here are portable; "
    + "use float32, or another machine"

  @Test("the same bits for any number of threads, and through a stop")
  func exactness() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.bfloat16, to: "config.json")
    guard try trains(command) else { return }
    var digests: Set<String> = [try command.digest(of: "whole")]
    for threads in [1, 3, 7] {
      let run = "run-\(threads)"
      let result = try command.run(
        ["train", "config.json", "--run", run, "--threads", "\(threads)", "--progress", "none"])
      #expect(result.status == 0, "\(result.error)")
      digests.insert(try command.digest(of: run))
    }
    let stopped = try command.run(
      ["train", "config.json", "--run", "stopped", "--threads", "2", "--progress", "none"],
      interrupt: { process in
        while process.isRunning, ((try? command.read("stopped/metrics.jsonl")) ?? "").isEmpty { usleep(2_000) }
        kill(process.processIdentifier, SIGTERM)
      })
    #expect(stopped.status == 75 || stopped.status == 0, "\(stopped.error)")
    let resumed = try command.run(["resume", "stopped", "--threads", "1", "--progress", "none"])
    #expect(resumed.status == 0, "\(resumed.error)")
    digests.insert(try command.digest(of: "stopped"))
    #expect(digests.count == 1)
  }

  @Test("it learns the synthetic digits as FP32 does")
  func accuracy() throws {
    let command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.bfloat16, to: "config.json")
    guard try trains(command) else { return }
    let single = try command.run(
      ["train", "config.json", "--run", "single", "--set", "training.precision=float32", "--progress", "none"])
    #expect(single.status == 0, "\(single.error)")
    #expect(try command.digest(of: "single") != command.digest(of: "whole"), "both ran in one precision")
    let (half, full) = (try accuracy(of: "whole", command), try accuracy(of: "single", command))
    #expect(full > 0.8, "FP32 learned nothing to compare with")
    #expect(half > full - 0.03)
  }

  @Test("a processor without it is told so, at the config's place, and in a resume")
  func refused() throws {
    var command = try Command()
    defer { command.remove() }
    try command.write(SmallConfigs.bfloat16, to: "config.json")
    let canTrain = try trains(command)
    command.environment["LOCKSTEP_ISA"] = "portable"
    let train = try command.run(["train", "config.json", "--run", "other", "--progress", "none"])
    #expect(train.status == 78)
    #expect(train.error == "lockstep: config.json:16:61: training.precision: \(BFloat16Tests.refusal)\n")
    guard canTrain else { return }
    let resumed = try command.run(["resume", "whole", "--epochs", "5", "--accept-other-bits", "--progress", "none"])
    #expect(resumed.status == 78)
    #expect(resumed.error.contains(" training.precision: \(BFloat16Tests.refusal)\n"), "\(resumed.error)")
  }

  /// Trains the config in `whole`; false, with a message, where this processor cannot.
  private func trains(_ command: Command) throws -> Bool {
    let result = try command.run(["train", "config.json", "--run", "whole", "--threads", "2", "--progress", "none"])
    if result.status == 78, result.error.contains("needs") {
      print("skipped: this processor has no AVX512-BF16")
      return false
    }
    #expect(result.status == 0, "\(result.error)")
    return result.status == 0
  }

  private func accuracy(of run: String, _ command: Command) throws -> Double {
    let result = try command.run(["evaluate", run, "--json"])
    #expect(result.status == 0, "\(result.error)")
    let answer = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    return try #require(answer?["accuracy"] as? Double)
  }
}
