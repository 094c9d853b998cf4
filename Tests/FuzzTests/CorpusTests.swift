import Foundation
import FuzzTargets
import Testing

/// Every committed input again: those that reach all code the fuzzers ever reached, and those that once found something.
@Suite("The fuzzers' inputs")
struct CorpusTests {
  private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fuzz/Corpus")

  private static func files(_ target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: corpus.appendingPathComponent(target.rawValue), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test("end in a result or a message", arguments: FuzzTarget.allCases)
  func replay(target: FuzzTarget) throws {
    let files = try Self.files(target)
    #expect(files.count >= 5, "a corpus of \(files.count) inputs tests nothing")
    for file in files {
      do {
        try target.run([UInt8](try Data(contentsOf: file)))
      } catch {
        Issue.record("\(file.lastPathComponent): \(error)")
      }
    }
  }
}
