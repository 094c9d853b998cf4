import Checkpoints
import Datasets
import Foundation
import Interchange
import Testing
import Training

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

@Suite("Lockstep goes on with what Keras 3 saved")
struct KerasImportTests {
  @Test(
    "Weights that Keras saved give Keras's predictions",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3 to run this test"))
  func predictions() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func file(_ name: String) -> String { directory.appendingPathComponent(name).path }
    let config = try RunConfig(
      file: Repository.path("Configs/mnist-cnn.json"),
      overrides: [
        .init(#"data={"dataset":"digits","trainSamples":500,"testSamples":300,"normalization":"standard"}"#)
      ])
    let machine = try Machine(threads: 2, environment: ProcessInfo.processInfo.environment)
    let data = try config.data.prepare(context: DatasetContext(), seed: config.seed)
    let trainer = try Trainer(
      config: config, data: data, directory: RunDirectory(path: file("run"), config: config.checkpoint),
      machine: machine, observers: [], request: StopRequest())

    // What the network sees, of a first checkpoint with any weights.
    let images = try model(trainer, data, machine, config, own(trainer)).inputs(data.test, samples: 300)
    try images.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: file("images")))
    try keras(["save", file("k.weights.h5"), "--images", file("images"), "--predictions", file("predictions")])

    let request = WeightsRequest(trainer.network.parameters.entries.map { ($0.datasetPath, $0.spec.shape) })
    let values = try KerasWeights.read(file("k.weights.h5"), request)
    let tensors = zip(request.tensors, values).map { tensor, values in
      NamedTensor(path: tensor.path, tensor: TensorSnapshot(shape: tensor.shape, values: values.array()))
    }
    let found = try model(trainer, data, machine, config, tensors).probabilities(data.test, samples: 300)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file("predictions")))
    let expected = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    try #require(expected.count == 3_000 && found.count == 3_000)
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= 1e-5)
    // Random weights do not answer every image alike, or the comparison would say little.
    #expect(Set(expected).count > 1_000)
  }

  private func own(_ trainer: Trainer) -> [NamedTensor] {
    trainer.network.parameters.entries.map {
      NamedTensor(
        path: $0.datasetPath,
        tensor: TensorSnapshot(shape: $0.spec.shape, values: Array(repeating: 0, count: $0.spec.shape.count)))
    }
  }

  /// The trainer's checkpoint of step 0 with these parameters, in use.
  private func model(
    _ trainer: Trainer, _ data: PreparedData, _ machine: Machine, _ config: RunConfig, _ parameters: [NamedTensor]
  ) throws -> CheckpointModel {
    let path = try #require(try trainer.begin(with: parameters, from: "the test"))
    return try CheckpointModel(
      CheckpointStore.load(path), path: path, config: config, sampleShape: data.test.shape, machine: machine)
  }

  private func keras(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = [Repository.path("Tests/Interoperability/keras_weights.py")] + arguments
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(text)")
  }
}
