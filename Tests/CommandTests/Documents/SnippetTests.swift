import Foundation
import Testing

/// Swift in documents is a part of a file that is compiled: of an example, or of the snippets in the library's tests.
@Suite("Swift in documents is compiled somewhere")
struct SnippetTests {
  private static let documents = [
    "docs/tutorial.md", "Examples/README.md", "Sources/Lockstep/Lockstep.docc/Lockstep.md",
    "Sources/Lockstep/Lockstep.docc/GettingStarted.md", "Sources/Lockstep/Lockstep.docc/SameBits.md",
    "Sources/Lockstep/Lockstep.docc/Checkpoints.md", "Sources/Lockstep/Lockstep.docc/WritingALayer.md",
  ]

  @Test(arguments: documents) func everySnippetIsPartOfAFile(document: String) throws {
    let sources = try Self.sources()
    for block in try Document(document).blocks where block.language == "swift" && block.directive != "manifest" {
      let snippet = Self.withoutIndentation(block.lines)
      #expect(
        sources.contains { Self.contains($0, snippet) },
        "\(document):\(block.start + 1): no file of Examples, and not SnippetTests.swift, has this")
    }
  }

  @Test func aChangedSnippetWouldBeSeen() throws {
    let sources = try Self.sources()
    var snippet = Self.withoutIndentation(
      try #require(Document("docs/tutorial.md").blocks.first { $0.language == "swift" && $0.directive.isEmpty }).lines)
    #expect(sources.contains { Self.contains($0, snippet) })
    snippet[snippet.count / 2] += " "
    #expect(!sources.contains { Self.contains($0, snippet) })
  }

  @Test(arguments: ["docs/tutorial.md", "Examples/README.md"]) func manifestsAreManifests(document: String) throws {
    let command = try Command()
    defer { command.remove() }
    let blocks = try Document(document).blocks.filter { $0.directive == "manifest" }
    #expect(!blocks.isEmpty)
    for block in blocks {
      try command.write(block.text, to: "Package.swift")
      try command.write("", to: "Sources/stripes/main.swift")
      // Nothing is fetched, only read.
      let result = try command.output(ofShell: "swift package dump-package")
      #expect(result.status == 0 && result.output.contains("\"Lockstep\""), "\(result.output)\(result.error)")
    }
  }

  private static func sources() throws -> [[String]] {
    var files = ["Tests/LockstepTests/SnippetTests.swift"]
    for example in ["Stripes", "TwoMoons", "OwnParts"] {
      files += try FileManager.default.contentsOfDirectory(atPath: Repository.path("Examples/\(example)"))
        .map { "Examples/\(example)/\($0)" }
    }
    return try files.filter { $0.hasSuffix(".swift") }.map {
      try String(contentsOfFile: Repository.path($0), encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private static func withoutIndentation(_ lines: [String]) -> [String] {
    let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(indentation)) }
  }

  /// Whether a file has these lines, one behind the other, at some depth.
  private static func contains(_ file: [String], _ snippet: [String]) -> Bool {
    guard let first = snippet.first else { return false }
    return file.indices.contains { start in
      guard file[start].hasSuffix(first), start + snippet.count <= file.count else { return false }
      return withoutIndentation(Array(file[start..<start + snippet.count])) == snippet
    }
  }
}
