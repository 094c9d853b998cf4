import Datasets
import Testing
import Training
import Workers

/// What a run is expected to take, from its plan alone.
@Suite("Memory that a run will need")
struct MemoryDemandTests {
  private func bytes(_ overrides: String..., threads: Int = 1) throws -> Double {
    let config = try RunConfig(text: Self.config, overrides: overrides.map { try .init($0) })
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let machine = try Machine(threads: threads, environment: ["LOCKSTEP_ISA": "portable"])
    return try config.memoryBytes(data, on: machine)
  }

  @Test("Each thing that takes memory is counted")
  func parts() throws {
    let base = try bytes()
    let parameters = 7_850.0
    // 100 samples more: their bytes, labels and places in three orders.
    #expect(try bytes("data.trainSamples=200") - base == 100 * (784 + 4 + 3 * 4))
    // Test samples: their bytes, labels, and six numbers for each that an evaluation finds out, of which one is for pictures.
    #expect(try bytes("data.testSamples=150") - base == 50 * (784 + 4 + 6 * 4))
    #expect(try base - bytes("logging.imagesEveryEpochs=0") == 100 * 4)
    // The whole gradient for its histograms; parameters are padded.
    #expect(try abs((base - bytes("logging.histogramsEveryEpochs=0")) / (4 * parameters) - 1) < 0.01)
    #expect(
      try bytes("logging.tensorBoard=false") == bytes("logging.histogramsEveryEpochs=0", "logging.imagesEveryEpochs=0"))
    // Two slots less, which the model, the copy for a save and the file have.
    let slots = try base - bytes("training.optimizer=sgd")
    #expect(abs(slots / (4 * 3 * 2 * parameters) - 1) < 0.15)
    // A second copy, where a save may meet the one before it.
    let copy = try bytes("checkpoint.everySteps=1") - base
    #expect(abs(copy / (4 * 3 * parameters) - 1) < 0.01)
    // The summed gradient, whole for its norm.
    #expect(try bytes("training.clipNorm=1") > base)
    // Each worker's workspace.
    let worker = try bytes(threads: 2) - base
    #expect(try worker > 0 && bytes(threads: 3) - base == 2 * worker)
    // Shards.
    #expect(try bytes("training.shards=16") > bytes("training.shards=8"))
  }

  private static let config = """
    {
      "name": "linear",
      "data": { "dataset": "digits", "trainSamples": 100, "testSamples": 100 },
      "model": { "layers": ["flatten", { "type": "dense", "units": 10 }] },
      "training": { "epochs": 3, "batchSize": 32, "optimizer": "adam" }
    }
    """
}
