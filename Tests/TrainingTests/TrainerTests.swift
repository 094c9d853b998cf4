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
