import Dispatch
import Synchronization
import Testing
import Training

/// A shard that does not end is named; one that is only slow, or nothing at all, is left alone.
@Suite("Watchdog", .serialized)
struct WatchdogTests {
  private static let config = """
    {
      "name": "stalling", "seed": 7,
      "data": { "dataset": "digits", "trainSamples": 64, "testSamples": 20 },
      "model": { "layers": ["flatten", "stalling", { "type": "dense", "units": 10 }] },
      "training": { "epochs": 3, "batchSize": 16, "shards": 4, "optimizer": { "type": "sgd", "learningRate": 0.01 } }
    }
    """

  @Test("names step, phase, worker and shard, and the run goes on as if nothing had been")
  func stalls() throws {
    let whole = try SmallRun(config: Self.config)
    StallingLayer.arm(call: nil)
    try whole.train()

    // The sixth shard of four a step.
    StallingLayer.arm(call: 6)
    let stalls = Mutex<[Watchdog.Stall]>([])
    let run = try SmallRun(config: Self.config)
    try run.train(
      watchdog: Watchdog(seconds: 0.2) { stall in
        stalls.withLock { $0.append(stall) }
        StallingLayer.release()
      })
    let found = stalls.withLock { $0 }
    try #require(found.count == 1)
    #expect(found[0].step == 2)
    #expect(found[0].phase == "gradient phase")
    #expect(found[0].places.count == 1)
    let shards = (0..<2).flatMap { worker in (0..<4).map { "worker \(worker) in shard \($0)" } }
    #expect(found[0].places.allSatisfy { shards.contains($0) }, "\(found[0])")
    #expect(try run.newest()?.digest() == whole.newest()?.digest())
  }

  @Test("a run that makes progress is left alone")
  func progress() throws {
    StallingLayer.arm(call: nil)
    let run = try SmallRun("training.epochs=200", config: Self.config)
    try run.train(watchdog: Watchdog(seconds: 20) { Issue.record("\($0)") })
  }

  @Test("a disk that does not take a checkpoint is named, once training waits for it")
  func blockedDisk() throws {
    StallingLayer.arm(call: nil)
    let stalls = Mutex<[Watchdog.Stall]>([])
    let blocked = DispatchSemaphore(value: 0)
    let run = try SmallRun("checkpoint.everySteps=1", config: Self.config)
    run.watcher.inSave = { step in if step == 3 { blocked.wait() } }
    try run.train(
      watchdog: Watchdog(seconds: 0.2) { stall in
        stalls.withLock { $0.append(stall) }
        blocked.signal()
      })
    let found = stalls.withLock { $0 }
    try #require(found.count == 1)
    #expect(found[0].step == 4)
    #expect(found[0].description == "step 4: no progress in the save for 0.2 s: waiting for the disk")
  }
}
