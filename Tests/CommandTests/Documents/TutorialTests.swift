import Foundation
import Testing

/// A Python with `Tests/Interoperability/requirements.txt` installed.
private let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"]

/// Goes through the tutorial: runs its commands one after the other, in an empty folder with the repository's configs, and compares what
/// they print with what the document says they print. Numbers and curves may differ: times do, and bits with the instruction set.
///
/// `LOCKSTEP_UPDATE_DOCUMENTS=1 swift test --filter TutorialTests` writes what they print into the document.
@Suite("The tutorial works as it is written", .serialized)
struct TutorialTests {
  private let updates = ProcessInfo.processInfo.environment["LOCKSTEP_UPDATE_DOCUMENTS"] != nil

  @Test func everyCommandIsRunAndPrintsWhatIsSaid() throws {
    var command = try Command()
    defer { command.remove() }
    try FileManager.default.createSymbolicLink(
      atPath: command.directory.appendingPathComponent("Configs").path,
      withDestinationPath: Repository.path("Configs"))
    command.environment["PATH"] = command.program.deletingLastPathComponent().path + ":/usr/bin:/bin"
    command.environment["KERAS_BACKEND"] = "jax"
    var document = try Document("docs/tutorial.md")
    var output: [String]?
    var digests: [String] = []
    for index in document.blocks.indices {
      let block = document.blocks[index]
      switch block.language {
      case "sh", "python":
        output = try run(block, command)
        for line in output ?? [] where line.count == 64 && line.allSatisfy(\.isHexDigit) { digests.append(line) }
      case "text":
        guard let printed = output else { break }
        if updates {
          document.replace(index, with: printed)
        } else {
          compare(block, printed)
        }
      default: break
      }
    }
    if updates { try document.write() }
    #expect(digests.count == 2 && digests[0] == digests[1], "the run that was stopped and the one that was not differ")
  }

  /// What a block prints; nil where it cannot be run here.
  private func run(_ block: Document.Block, _ command: Command) throws -> [String]? {
    var status: Int32 = 0
    var script = block.text
    for part in block.directive.components(separatedBy: ", ") {
      if part.hasPrefix("not run: ") { return nil }
      if part.hasPrefix("runs: ") { script = String(part.dropFirst(6)) }
      if part.hasPrefix("exits: ") { status = Int32(part.dropFirst(7)) ?? -1 }
    }
    if block.language == "python" {
      guard let python else {
        print("skipped: the tutorial's Python, for which LOCKSTEP_PYTHON must name one that has Keras 3")
        return nil
      }
      try command.write(script, to: "block.py")
      script = "'\(python)' -W ignore block.py"
    }
    if block.directive.hasPrefix("interrupted") { script = interrupting(script) }
    let result = try command.output(ofShell: "exec 2>&1\n\(script)")
    #expect(result.status == status, "docs/tutorial.md:\(block.start + 1): \(result.output)")
    return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// What somebody does who presses Ctrl-C after the first epoch.
  private func interrupting(_ script: String) -> String {
    """
    \(script) &
    until grep -qs '"epoch"' Checkpoints/long/metrics.jsonl && ls Checkpoints/long/step-* >/dev/null 2>&1; do
      kill -0 $! || break; sleep 0.05
    done
    kill -INT $!
    wait $!
    """
  }

  private func compare(_ block: Document.Block, _ printed: [String]) {
    // A checkpoint is written in the background: when that is done, and therefore where it is told of, is another matter each time.
    let isInOrder = { (line: String) in !line.hasPrefix("saved ") }
    let (lines, printed) = (block.lines.filter(isInOrder), printed.filter(isInOrder))
    let (said, found) = (lines.map(Self.shape), printed.map(Self.shape))
    guard said != found else { return }
    let different =
      zip(said, found).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(said.count, found.count)
    Issue.record(
      """
      docs/tutorial.md:\(block.start + 1): line \(different + 1) of the output is another one:
      said:    \(different < lines.count ? lines[different] : "(no more)")
      printed: \(different < printed.count ? printed[different] : "(no more)")
      LOCKSTEP_UPDATE_DOCUMENTS=1 swift test --filter TutorialTests writes what is printed into the document
      """)
  }

  /// A line without its numbers, its curve, and the room that they take.
  private static func shape(_ line: String) -> String {
    line.replacing(/[▁▂▃▄▅▆▇█]+/, with: "~").replacing(/-?[0-9][0-9.,]*(e[-+]?[0-9]+)?/, with: "#")
      .replacing(/\b(avx512|avx#|avx2|portable)\b/, with: "set").replacing(#/ (ms|s|min|h)\b/#, with: " t")
      .replacing(#/[ ─-]+/#, with: " ")
  }
}
