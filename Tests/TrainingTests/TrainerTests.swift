import Checkpoints
import Foundation
import Testing
import Training

/// What the trainer does at an epoch's end, when asked to stop or save, and when something fails.
@Suite("Trainer")
struct TrainerTests {
  @Test("a run stopped after an epoch's last step evaluates that epoch when it goes on")
  func stoppedBeforeEvaluation() throws {
    let whole = try SmallRun()
    try whole.train()

    let stopped = try SmallRun()
    stopped.watcher.atStep = { step in if step == 4 { stopped.request.stop(signal: SIGTERM) } }
    #expect(try stopped.train().reason == .stopped(signal: "SIGTERM"))
    #expect(stopped.watcher.epochs.isEmpty)
    let resumed = try SmallRun(in: stopped.path)
    #expect(try resumed.train().reason == .finished)
    #expect(resumed.watcher.epochs == whole.watcher.epochs)
    #expect(try resumed.newest() == whole.newest())
  }

  @Test("a save that is due answers a request to save")
  func saveRequest() throws {
    let run = try SmallRun("checkpoint.everySteps=2", "checkpoint.everyEpochs=0")
    run.watcher.atStep = { step in if step == 2 { run.request.saveNow() } }
    try run.train()
    #expect(run.watcher.saves == [2, 4, 6, 8, 10, 12])
  }

  @Test("after a failed save what was trained since is saved, where that is possible again")
  func failedSave() throws {
    let run = try SmallRun("checkpoint.everySteps=2", "checkpoint.everyEpochs=0")
    // A directory in the file's place lets this one save fail.
    let place = run.path + "/" + CheckpointDirectory.name(ofStep: 2) + "/in-use"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    #expect(throws: WriteError.self) { try run.train() }
    // The failure is noticed after step 3 or, where the disk was slow, with the save after step 4.
    let step = try #require(run.watcher.saves.last)
    #expect(step == 3 || step == 4)
    #expect(try run.newest()?.run.step == step)
  }

  @Test("where the config says so, the run goes on after a failed save and saves when that is due again")
  func goesOn() throws {
    let whole = try SmallRun("checkpoint.everySteps=2", "checkpoint.everyEpochs=0")
    try whole.train()
    let run = try SmallRun("checkpoint.everySteps=2", "checkpoint.everyEpochs=0", "checkpoint.onFailure=continue")
    for step in [2, 6] {
      let place = run.path + "/" + CheckpointDirectory.name(ofStep: step) + "/in-use"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    }
    #expect(try run.train().reason == .finished)
    #expect(run.watcher.failures.count == 2)
    #expect(run.watcher.failures.allSatisfy { $0.reason.hasPrefix("cannot write") })
    #expect(try run.newest()?.digest() == whole.newest()?.digest())
    for step in [4, 8, 10, 12] {
      #expect(try CheckpointStore.load(run.path + "/" + CheckpointDirectory.name(ofStep: step)).run.step == step)
    }
  }

  @Test("a last save that fails is an error, wherever the run may go on")
  func lastSave() throws {
    let run = try SmallRun("checkpoint.everySteps=5", "checkpoint.everyEpochs=0", "checkpoint.onFailure=continue")
    let place = run.path + "/" + CheckpointDirectory.name(ofStep: 12) + "/in-use"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    #expect(throws: WriteError.self) { try run.train() }
    #expect(try CheckpointStore.load(run.path + "/" + CheckpointDirectory.name(ofStep: 10)).run.step == 10)
  }

  @Test(
    "a directory that is gone is a failed save; one that was replaced is left alone", arguments: ["stop", "continue"])
  func vanished(policy: String) throws {
    let gone = try SmallRun("checkpoint.everyEpochs=0", "checkpoint.everySteps=8", "checkpoint.onFailure=\(policy)")
    gone.watcher.atStep = { if $0 == 6 { try? FileManager.default.removeItem(atPath: gone.path) } }
    #expect(throws: WriteError.self) { try gone.train() }

    let replaced = try SmallRun("checkpoint.everyEpochs=0", "checkpoint.everySteps=8", "checkpoint.onFailure=\(policy)")
    replaced.watcher.atStep = {
      guard $0 == 6 else { return }
      try? FileManager.default.removeItem(atPath: replaced.path)
      try? FileManager.default.createDirectory(atPath: replaced.path, withIntermediateDirectories: true)
    }
    #expect(throws: TrainingError.directoryReplaced(path: replaced.path)) { try replaced.train() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: replaced.path).isEmpty)
  }

  @Test("a model that cannot go on is not saved", arguments: [1, 0])
  func notFinite(everyEpochs: Int) throws {
    let run = try SmallRun("training.epochs=1", "checkpoint.everyEpochs=\(everyEpochs)")
    run.watcher.atStep = { step in if step == 4 { run.request.stop(signal: SIGTERM) } }
    try run.train()

    // What is left of this run is an evaluation and a save.
    let resumed = try SmallRun("training.epochs=1", "checkpoint.everyEpochs=\(everyEpochs)", in: run.path)
    #expect(throws: TrainingError.notFinite(what: "the parameter dense/bias", step: 4)) {
      try resumed.train { checkpoint in
        var values = checkpoint.parameters[1].tensor.array()
        values[3] = .nan
        checkpoint.parameters[1].tensor = TensorSnapshot(shape: checkpoint.parameters[1].tensor.shape, values: values)
      }
    }
    #expect(try run.newest()?.parameters[1].tensor.array().allSatisfy(\.isFinite) == true)
  }
}
