import Checkpoints
import Foundation
import Testing

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

@Suite("Keras 3 loads a checkpoint as it is")
struct KerasTests {
  @Test(
    "Weights and optimizer state arrive at their places, for every optimizer",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3 to run this test"),
    arguments: [("adam", 2), ("adam_w", 2), ("sgd", 1), ("rm_sprop", 1)])
  func knownValues(optimizer: String, slots: Int) throws {
    let directory = TemporaryDirectory()
    let path = directory.file("known.weights.h5")
    Bytes.write(try Bytes.encode(Fixtures.checkpoint(optimizer: optimizer, slots: slots)), to: path)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Interoperability/keras_weights.py")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = [script.path, "known-values", path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("4 weights, \(4 * slots) \(optimizer) variables equal"), "\(text)")
  }
}
