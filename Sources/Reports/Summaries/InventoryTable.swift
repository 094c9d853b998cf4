import Settings
import Training

/// The files of a run with their verdicts, as `inspect --verify` shows them.
public struct InventoryTable: Sendable, CustomStringConvertible {
  /// Columns that a note should have.
  private static let leastNote = 24

  /// The run's directory.
  public var path: String
  /// Its files.
  public var files: [RunFile]

  /// Creates a table.
  public init(path: String, files: [RunFile]) {
    self.path = path
    self.files = files
  }

  /// How many files are damaged.
  public var damaged: Int { files.count { $0.verdict == .damaged } }

  /// How many files cannot be read.
  public var unreadable: Int { files.count { $0.verdict == .unreadable } }

  /// A line for each file, and one that counts.
  public var description: String { text() }

  /// A line for each file, and one that counts.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal; nil for no limit.
  ///   - unicode: whether `…` can stand for what was left out.
  public func text(width: Int? = nil, unicode: Bool = true) -> String {
    let verdicts: [RunFile.Verdict] = [.good, .damaged, .unreadable, .leftover, .foreign]
    let counts = verdicts.compactMap { verdict in
      let count = files.count { $0.verdict == verdict }
      return count > 0 || verdict == .damaged ? "\(NumberText.grouped(count)) \(verdict.rawValue)" : nil
    }
    let sum = "\(path): \(RunText.count(files.count, "file")), \(counts.joined(separator: ", "))"
    return (isNarrow(width) ? list(width, unicode) : table.text(width: width))
      + WordWrap.lines(sum, width: width ?? .max).joined(separator: "\n")
  }

  private var table: TextTable {
    var table = TextTable([.text("file"), .text("verdict"), .text("what")])
    for file in files { table.append([file.name, file.verdict.rawValue, file.note]) }
    return table
  }

  /// Whether what is said of the files has too little room beside their names.
  private func isNarrow(_ width: Int?) -> Bool {
    guard let width, !table.fits(width) else { return false }
    let names = files.map { DisplayWidth.of($0.name) + 2 + $0.verdict.rawValue.count + 2 }
    return width - (names.max() ?? 0) < InventoryTable.leastNote
  }

  /// A line with each file's name, and below it what there is to say.
  private func list(_ width: Int?, _ unicode: Bool) -> String {
    let width = width ?? .max
    return files.map { file in
      let name = DisplayWidth.shortened(file.name, columns: width, unicode: unicode) + "\n"
      let note = WordWrap.lines("\(file.verdict.rawValue): \(file.note)", width: max(1, width - 4))
      return name + note.enumerated().map { ($0 == 0 ? "  " : "    ") + $1 + "\n" }.joined()
    }.joined()
  }

  /// The same for `--json`: `path`, `damaged`, `files` (`name`, `verdict`, `note`).
  public var json: JSONValue {
    .object([
      ("path", .string(path)), ("damaged", .integer(damaged)),
      (
        "files",
        .array(
          files.map {
            .object([
              ("name", .string($0.name)), ("verdict", .string($0.verdict.rawValue)), ("note", .string($0.note)),
            ])
          })
      ),
    ])
  }
}
