import Foundation
import Lockstep
import Testing

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

/// The programs of `Examples/`, run as their readers run them.
@Suite("The examples do what they show")
struct ExampleTests {
  @Test func stripes() throws {
    let example = try Command("stripes")
    defer { example.remove() }
    let result = try example.run([])
    #expect(result.status == 0, "\(result.error)")
    let accuracy = result.output.split(separator: "\n").last?.split(separator: " ").last.flatMap { Double($0) }
    #expect(try #require(accuracy) >= 0.97, "\(result.output)")
    #expect(try example.files(in: "Checkpoints/stripes").contains("metrics.jsonl"))
    // A second call has nothing left to do, and says the same of it.
    let again = try example.run([])
    #expect(again.status == 0 && again.output.hasSuffix(result.output.suffix(30)), "\(again.error)")
  }

  @Test func twoMoons() throws {
    let example = try Command("two-moons")
    defer { example.remove() }
    let result = try example.run([])
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 15)
    #expect(lines[2].contains("validation accuracy 100.00 %") || lines[2].contains("validation accuracy 99."))
    // The upper moon is of class 0, the lower one of class 1.
    #expect(lines[5].contains("....") && lines[13].contains("####"))
  }

  @Test func ownParts() throws {
    let example = try Command("own-parts")
    defer { example.remove() }
    let result = try example.run([])
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.prefix(2).allSatisfy { $0.contains("gradients compared, 0 at kinks") })
    #expect(lines.last == "classes of three points: [0, 1, 2]", "\(result.output)")
    // The program knows none of the parts, and says which.
    let refused = try Command("lockstep").run(["inspect", example.directory.path + "/Checkpoints/own-parts"])
    #expect(refused.status == 78 && refused.error.contains("spirals"), "\(refused.error)")
  }

  @Test(
    "Keras predicts the same from what the examples save",
    .enabled(if: python != nil, "set LOCKSTEP_PYTHON to a Python that has Keras 3 to run this test"),
    arguments: ["stripes", "own-parts"])
  func keras(name: String) throws {
    let example = try Command(name)
    defer { example.remove() }
    #expect(try example.run([]).status == 0)
    let vocabulary = ConfigVocabulary.standard.adding(Spirals.self).adding(LayerNormalization.self).adding(Lion.self)
    let model = try Model(example.directory.path + "/Checkpoints/\(name)", vocabulary: vocabulary)
    var random = RandomStream(seed: 1, purpose: .test)
    let count = 100 * model.network.input.count
    let samples: [Float]
    let predictions: [[Float]]
    if model.config.data.source.elements == .bytes {
      let bytes = (0..<count).map { _ in UInt8(random.integer(below: 256)) }
      samples = bytes.map(Float.init)
      predictions = try model.probabilities(bytes)
    } else {
      samples = (0..<count).map { _ in random.uniform(in: -1..<1) }
      predictions = try model.probabilities(samples)
    }
    try example.write(samples.flatMap(bytes), to: "samples")
    try example.write(predictions.flatMap { $0.flatMap(bytes) }, to: "predictions")
    let script = Repository.path("Tests/Interoperability/keras_examples.py")
    let result = try example.output(
      ofShell: "'\(try #require(python))' '\(script)' \(name) '\(model.path)' samples predictions")
    #expect(result.status == 0, "\(result.output)\(result.error)")
    #expect(result.output.hasPrefix("\(name): 100 predictions agree"))
  }

  private func bytes(_ value: Float) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
  }
}
