import Checkpoints
import Datasets
import Foundation
import Testing
import Training

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

@Suite("Keras 3 goes on with what Lockstep trained")
struct KerasPredictionTests {
  @Test(
    "The same predictions on 1,000 images, the same optimizer state",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3 to run this test"))
  func predictions() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let run = directory.appendingPathComponent("run").path

    // MNIST's network, on drawn digits where MNIST is not at hand: what Keras loads is the same.
    let config = try RunConfig(
      file: Repository.path("Configs/mnist-cnn.json"),
      overrides: [
        .init(#"data={"dataset":"digits","trainSamples":2000,"testSamples":1000,"normalization":"standard"}"#),
        .init("training.epochs=2"),
      ])
    let machine = try Machine(threads: 2, environment: ProcessInfo.processInfo.environment)
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let trainer = try Trainer(
      config: config, data: data, directory: RunDirectory(path: run, config: config.checkpoint), machine: machine,
      observers: [], request: StopRequest())
    let end = try trainer.run()
    let path = try #require(end.checkpoint)

    let model = try CheckpointModel(
      CheckpointStore.load(path), path: path, config: config, sampleShape: data.test.shape, machine: machine)
    let (images, predictions) = (
      directory.appendingPathComponent("images"), directory.appendingPathComponent("predictions")
    )
    try write(model.inputs(data.test, samples: 1_000), to: images)
    try write(model.probabilities(data.test, samples: 1_000), to: predictions)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = [
      Repository.path("Tests/Interoperability/keras_weights.py"), "predictions", path, "--images", images.path,
      "--predictions", predictions.path,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("1000 predictions equal"), "\(text)")
  }

  private func write(_ values: [Float], to url: URL) throws {
    try values.withUnsafeBytes { Data($0) }.write(to: url)
  }
}
