import Foundation

/// A document with code in it: what stands between three backquotes, each with the directive in the comment before it.
struct Document {
  /// One piece of code, or of output.
  struct Block {
    /// `sh`, `swift`, `python`, `text`, `json`.
    var language: String
    /// What the comment just above says, for example `exits: 78`; empty without one.
    var directive: String
    /// The lines between the fences.
    var lines: [String]
    /// Place of the first of them in the document, from 0.
    var start: Int

    var text: String { lines.joined(separator: "\n") }
  }

  /// File of the repository.
  let path: String
  private(set) var lines: [String]
  private(set) var blocks: [Block] = []

  init(_ path: String) throws {
    self.path = path
    lines = try String(contentsOfFile: Repository.path(path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var open: Block?
    for (index, line) in lines.enumerated() where line.hasPrefix("```") {
      if let block = open {
        blocks.append(block.with(Array(lines[block.start..<index])))
        open = nil
      } else {
        let comment = index > 0 ? lines[index - 1] : ""
        let directive = comment.hasPrefix("<!-- ") ? String(comment.dropFirst(5).prefix { $0 != ">" }.dropLast(3)) : ""
        open = Block(language: String(line.dropFirst(3)), directive: directive, lines: [], start: index + 1)
      }
    }
  }

  /// Replaces a block's lines. Places of later blocks move.
  mutating func replace(_ block: Int, with lines: [String]) {
    let old = blocks[block]
    self.lines.replaceSubrange(old.start..<old.start + old.lines.count, with: lines)
    for later in block + 1..<max(block + 1, blocks.count) { blocks[later].start += lines.count - old.lines.count }
    blocks[block].lines = lines
  }

  func write() throws {
    try lines.joined(separator: "\n").write(toFile: Repository.path(path), atomically: true, encoding: .utf8)
  }
}

extension Document.Block {
  fileprivate func with(_ lines: [String]) -> Document.Block {
    var block = self
    block.lines = lines
    return block
  }
}
